/** The part of the task file that says how the winner is proved to be better than the baseline. docs/verdict.md explains it. */
import { z } from 'zod';
import { MOST_FINALISTS } from './limits.js';
import { refuseSecrets } from './no-secrets.js';

const PARAMETER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
const MOST_ROUNDS = 50;

export const baselineSchema = z.union([
  z.boolean(),
  z.strictObject({
    parameters: z
      .record(
        z.string().regex(PARAMETER_NAME, 'must be a flag name: letters, digits, _ and -'),
        z.union([z.string().max(1000), z.number(), z.boolean()])
      )
      .superRefine(refuseSecrets)
      .describe('What runs today.'),
  }),
]);

const rounds = z
  .strictObject({
    min: z.int().min(2).max(MOST_ROUNDS).default(3).describe('No verdict before so many.'),
    max: z.int().min(2).max(MOST_ROUNDS).default(10).describe('A gain that so many do not show is not claimed.'),
  })
  .prefault({})
  .refine(({ min, max }) => max >= min, 'max is below min');

export const verificationSchema = z.strictObject({
  finalists: z
    .int()
    .min(0)
    .max(MOST_FINALISTS)
    .default(2)
    .describe('The best of the search, measured again beside the baseline; 0 switches it off.'),
  rounds,
  confidence: z.number().min(0.5).max(0.999).default(0.95),
});

export const startsSchema = z.int().min(3).max(500);
