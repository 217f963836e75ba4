import { z } from 'zod';

/** Which load it is; see `Load`. */
export const loadShape = {
  scenario: z.string(),
  concurrency: z.int().positive().optional().describe('Requests in flight; absent where requests come at a rate.'),
  request_rate: z.number().positive().optional().describe('Requests per second, which wait for no answer.'),
  speed: z.number().positive().optional().describe('How many times as fast as recorded a trace is replayed.'),
};
