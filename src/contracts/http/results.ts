/** Results and exports. */
import { z } from 'zod';
import { resultsSchema } from '../../domain/results/tune-result.js';

/** `GET /tunes/:id/results`: the results file so far, or as it was in the end. */
export const resultsFileSchema = resultsSchema;
export type { ResultsFile } from '../../domain/results/tune-result.js';

/** `GET /tunes/:id/results/columns`: what of them is drawn, a small part of their size. `outlineOf` makes rows of it again. */
export { resultColumnsSchema, type ResultColumns } from '../../domain/results/result-columns.schema.js';

/** A way to run a configuration: text to copy. */
export const launchFormSchema = z.object({
  form: z
    .string()
    .describe('`shell`, `measured`, `docker`, `inference-service`, `helm-values`; there may be further ones.'),
  title: z.string(),
  language: z.enum(['shell', 'yaml', 'json', 'text']),
  fileName: z.string().describe('What a download of it is called.'),
  text: z.string(),
  notes: z.array(z.string()).describe('What to know before it is used.'),
});
export type LaunchForm = z.output<typeof launchFormSchema>;

export const launchSchema = z.object({
  experimentId: z.int().nullable().describe('What it starts; null where nothing has succeeded.'),
  forms: z.array(launchFormSchema),
});
export type Launch = z.output<typeof launchSchema>;

export const launchQuery = z.object({
  experiment: z.coerce.number().int().min(0).optional().describe('Default: what the results recommend.'),
});
