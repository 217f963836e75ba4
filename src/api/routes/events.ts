import { eventsQuery, tuneEventSchema, tunesEventSchema } from '../../contracts/http/events.js';
import type { FastifyRequest } from 'fastify';
import type { ApiContext } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { sendSse } from '../live/send-events.js';
import { ApiError } from '../problem.js';
import { tuneParams } from './params.js';

/** Live events over Server-Sent Events; over WebSocket they are in server.ts, where the socket comes from. */
export function eventRoutes({ watches, tunesWatch, streams }: ApiContext): Endpoint[] {
  const common = { method: 'GET', access: 'read', tag: 'events', stream: 'sse', query: eventsQuery } as const;
  const headers = { 'last-event-id': 'The last event that was seen: all that came after it is sent.' };
  const checkRoom = (): void => {
    if (streams.isFull) throw new ApiError('too-many-requests', `there are ${streams.size} open streams already`);
  };
  return [
    endpoint({
      ...common,
      path: '/api/v1/events',
      summary: 'What happens to any tune.',
      headers,
      answer: tunesEventSchema,
      handle: async ({ query, request, reply }) => {
        checkRoom();
        const after = lastSeen(request, query.after);
        await sendSse(reply, streams, (listener) => tunesWatch.listen(listener, after));
        return undefined;
      },
    }),
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/events',
      summary: 'What happens to a tune, as it happens.',
      headers,
      params: tuneParams,
      answer: tuneEventSchema,
      handle: async ({ params, query, request, reply }) => {
        checkRoom();
        const after = lastSeen(request, query.after);
        await sendSse(reply, streams, (listener) => watches.listen(params.id, listener, after));
        return undefined;
      },
    }),
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/events/ws',
      stream: 'ws',
      summary: 'The same over WebSocket: each message is one event as JSON; `?after=` instead of Last-Event-ID.',
      params: tuneParams,
      answer: tuneEventSchema,
      handle: async () => {
        throw new ApiError('invalid-request', 'This address is for WebSocket.');
      },
    }),
  ];
}

export function lastSeen({ headers }: Pick<FastifyRequest, 'headers'>, after: string | undefined): string | null {
  const id = headers['last-event-id'];
  return (typeof id === 'string' && id !== '' ? id : after) ?? null;
}
