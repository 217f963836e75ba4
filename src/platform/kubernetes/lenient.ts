/**
 * Schemas for what somebody else wrote into the cluster: a field that is not what it should be counts as absent, and hides nothing
 * else. One strange condition must not make a whole pod invisible.
 */
import { z } from 'zod';

export const text = (fallback = '') => z.string().catch(fallback);

export const number = (fallback: number) => z.number().catch(fallback);

/** Items that cannot be read are left out. */
export function listOf<T extends z.ZodType>(item: T) {
  return z
    .unknown()
    .optional()
    .transform((value): z.output<T>[] =>
      Array.isArray(value)
        ? value.flatMap((one) => {
            const read = item.safeParse(one);
            return read.success ? [read.data] : [];
          })
        : []
    );
}

/** Only what is a text by its key. */
export const words = z
  .unknown()
  .optional()
  .transform((value): Record<string, string> => {
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    );
  });

export const time = z
  .unknown()
  .optional()
  .transform((value): Date | undefined => {
    const atMs = timeOf(value);
    return atMs === null ? undefined : new Date(atMs);
  });

/** Milliseconds since the epoch of a date, or of its text; null when it is neither. */
export function timeOf(value: unknown): number | null {
  if (typeof value !== 'string' && !(value instanceof Date)) return null;
  const atMs = new Date(value).getTime();
  return Number.isNaN(atMs) ? null : atMs;
}
