/** Requests that wait for no answer: at a rate, or at the times of a trace. docs/load.md explains them. */
import { z } from 'zod';

export const ARRIVALS = ['poisson', 'constant', 'gamma'] as const;

const rate = z.number().min(0.001).max(100_000);
export const requestRateSchema = z
  .union([rate, z.array(rate).min(1).max(32)])
  .describe('Requests per second, instead of num_concurrency: each scenario is measured at each rate.');

export const arrivalSchema = z
  .union([
    z.enum(ARRIVALS),
    z.strictObject({
      pattern: z
        .enum(ARRIVALS)
        .default('poisson')
        .describe('constant: evenly spaced; poisson: as of many independent users; gamma: with a burstiness.'),
      smoothness: z
        .number()
        .min(0.01)
        .max(1000)
        .optional()
        .describe("Of gamma (1): below 1 requests come in bursts, above 1 more evenly. vLLM calls it 'burstiness'."),
      ramp_seconds: z.number().positive().max(86_400).optional().describe('The rate grows to its value in this time.'),
    }),
  ])
  .describe("How requests at a rate are spread. Default: 'poisson'.");

/** A name below the worker's folder of traces: it never climbs out of it. */
const FILE = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]|\/(?![./])){0,199}$/;
const speed = z.number().min(0.001).max(1000);
export const traceSchema = z
  .strictObject({
    file: z
      .string()
      .regex(FILE, 'must be letters, digits, ., _, - and single slashes: a file below the folder of traces')
      .describe("In Mooncake's format, in the worker's folder of traces (AUTOTUNER_TRACES_DIR)."),
    speed: z
      .union([speed, z.array(speed).min(1).max(32)])
      .default(1)
      .describe('How many times as fast as it was recorded; each one of a list is a load.'),
  })
  .describe('Replays the requests of a trace at their times, instead of traffic_scenarios and num_concurrency.');

export type ArrivalSpec = z.output<typeof arrivalSchema>;

export interface Arrival {
  readonly pattern: (typeof ARRIVALS)[number];
  readonly smoothness?: number | undefined;
  readonly ramp_seconds?: number | undefined;
}

/** In full, whichever way it was written. */
export function arrivalOf({ arrival = 'poisson' }: { readonly arrival?: ArrivalSpec | undefined }): Arrival {
  return typeof arrival === 'string' ? { pattern: arrival } : arrival;
}

/** `poisson arrivals`, `gamma arrivals of smoothness 0.5, growing for 30 s`. */
export function describeArrival(benchmark: { readonly arrival?: ArrivalSpec | undefined }): string {
  const { pattern, smoothness, ramp_seconds: ramp } = arrivalOf(benchmark);
  const shape = pattern === 'gamma' ? ` of smoothness ${smoothness ?? 1}` : '';
  return `${pattern} arrivals${shape}${ramp === undefined ? '' : `, growing for ${ramp} s`}`;
}
