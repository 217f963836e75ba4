/** Parameters in paths: what cannot be one never gets to Temporal. */
import { z } from 'zod';

/** Without control characters, and no longer than Temporal allows. */
const name = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\x00-\x1f\x7f]+$/, 'must be printable');

export const tuneParams = z.object({ id: name });

export const experimentParams = z.object({
  id: name,
  number: z
    .string()
    .regex(/^(?:0|[1-9]\d{0,8})$/, 'must be a number')
    .transform(Number),
});

export const idParams = z.object({ id: name });
