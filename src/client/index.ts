/** The typed library under the CLI: `const tunes = new Tunes(await connect())`. examples/client.ts shows its use. */
export { connect, temporalAddress, type TemporalAddress } from './connect.js';
export {
  CodecError,
  NoWorkerError,
  TemporalUnreachableError,
  TuneAlreadyRunningError,
  TuneNotFoundError,
  TuneRefusedError,
} from './errors.js';
export {
  ensureReaper,
  OVERLAPS,
  ScheduleError,
  Schedules,
  type Overlap,
  type TuneScheduleDetail,
  type TuneScheduleInfo,
  type TuneScheduleOptions,
} from './schedules.js';
export { isWorkflowOpen } from './is-workflow-open.js';
export { ensureSearchAttributes, missingSearchAttributes, SearchAttributesError } from './search-attributes.js';
export { Tune, type RunningExperiment, type TuneFailure, type TuneSnapshot } from './tune.js';
export { type TuneHistory } from './tune-history.js';
export { type TuneInfo, type TuneStatus } from './tune-info.js';
export { CursorError } from './tune-page.js';
export { Tunes } from './tunes.js';
export { outlineFrom, resultsFrom, resultsFromFolder, resultsOf } from './results-of.js';
export { TuneBook, type BookEntry } from './tune-book.js';
export { followEvents } from './follow-events.js';
export type { Again, RetryReason } from '../domain/tuning/retry.js';
export type { TuneProgress } from '../contracts/messages.js';
export type { TuneResult } from '../domain/results/tune-result.js';
