/**
 * Live events. Over Server-Sent Events each has an `id` and a name (`event:`), and its JSON is one of these; over WebSocket the same JSON
 * is one text message. A client that comes back with the last id it has seen (`Last-Event-ID`, or `?after=`) gets all that it has missed,
 * or a `snapshot` when that is not known any more.
 */
import { z } from 'zod';
import { experimentRowSchema } from './experiments.js';
import { tuneSummarySchema, tuneViewSchema } from './tunes.js';

const id = z.string().describe('`<runId>:<n>`, growing.');

/** Of one tune: `GET /tunes/:id/events`, `/tunes/:id/events/ws`. */
export const tuneEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), id, view: tuneViewSchema }).describe('The whole view.'),
  z
    .object({ type: z.literal('changed'), id, fields: tuneViewSchema.partial() })
    .describe('The fields of the view that changed, each as a whole.'),
  z
    .object({ type: z.literal('experiment'), id, row: experimentRowSchema })
    .describe('An experiment has ended: a row to be added, or replaced by its number.'),
]);
export type TuneEvent = z.output<typeof tuneEventSchema>;

/** Of all tunes: `GET /events`. */
export const tunesEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), id, tunes: z.array(tuneSummarySchema) }).describe('The latest hundred.'),
  z.object({ type: z.literal('tune'), id, tune: tuneSummarySchema }).describe('A tune is new, or has changed.'),
]);
export type TunesEvent = z.output<typeof tunesEventSchema>;

export const eventsQuery = z.object({
  after: z.string().max(200).optional().describe('As the header Last-Event-ID, for those who cannot set one.'),
});
