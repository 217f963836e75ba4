import type { TuneSummary } from '../../../../src/contracts/http/index.js';

export type StatusFilter = TuneSummary['status'] | '';
export const TUNE_STATUS_WORDS: readonly (readonly [StatusFilter, string])[] = [
  ['', 'any status'],
  ['running', 'running'],
  ['completed', 'completed'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['terminated', 'terminated'],
];
