/** Options of `run` and `submit` that change the task. */
import { wholeNumber } from './options.js';

/** Named as the prototype's. */
export const DIRECT = [
  '--direct',
  "make the load on the worker's host, whatever the task says (benchmark.runner: genai-bench)",
  false,
] as const;

export const STARTS = [
  '--aa <starts>',
  'A/A: only measure the baseline, so many times, each on a fresh start, and tell the noise',
  wholeNumber,
] as const;

export const NO_REUSE = ['--no-reuse', 'search as if there were no earlier tunes (optimization.reuse: false)'] as const;
