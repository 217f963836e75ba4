/** What the history of finished tunes can tell. Every value is JSON; times are ISO 8601 in UTC; scores are lower-is-better. */
import type { EndReason } from '../domain/budget/ended.js';
import type { Load } from '../domain/loads/load.js';
import type { Objective } from '../domain/scoring/objective.js';
import type { Combination } from '../domain/space/combination.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import type { Gain, VERDICT_KINDS } from '../domain/verdict/verdict.js';

type VerdictKind = (typeof VERDICT_KINDS)[number];

/** A finished tune, short. */
export interface HistoryEntry {
  /** The first run's id: the same through continue-as-new. */
  readonly runId: string;
  readonly workflowId: string;
  readonly taskName: string;
  readonly model: string;
  /** `llama.cpp`, `sglang`, `vllm`, or `command`; null where no task is stored and nothing was deployed. */
  readonly engine: string | null;
  readonly engineVersion: string | null;
  readonly backend: string | null;
  /** Processors, memory and accelerators of the engine, of the first experiment that tells. */
  readonly hardware: string | null;
  /** Where its experiments ran. */
  readonly hosts: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly elapsedSeconds: number;
  /** Why nothing more was measured; null in files of earlier versions. */
  readonly ended: EndReason | null;
  readonly stoppedEarly: boolean;
  readonly experiments: number;
  readonly successful: number;
  readonly objective: Objective;
  /** `e2e latency mean`. */
  readonly objectiveWords: string;
  /** The score of the best: the mean of its finals where it was in them, else of the search. */
  readonly score: number | null;
  /** Whether `score` is of the finals: that of the search is too good on average, since the luckiest was chosen. */
  readonly isFromFinals: boolean;
  /** `1.234 s`: the score as what it measures. */
  readonly scoreWords: string | null;
  readonly baselineScore: number | null;
  readonly bestParameters: Combination | null;
  readonly verdict: VerdictKind;
  readonly gain: Gain | null;
  /** Standard deviation of one measurement on a fresh start, in per cent, by this tune's finals or A/A. */
  readonly noisePercent: number | null;
  readonly answer: string;
  readonly retryOf: string | null;
}

export interface HistoryFilter {
  /** Words that all have to occur in task, model, engine, hardware, hosts or run id; case does not count. */
  readonly search?: string | undefined;
  /** A part of the model's name; case does not count. So are the next two. */
  readonly model?: string | undefined;
  readonly engine?: string | undefined;
  readonly hardware?: string | undefined;
  /** The whole name of the task. */
  readonly task?: string | undefined;
}

export interface HistoryQuery extends HistoryFilter {
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** 1 to 200, default 50. */
  readonly limit?: number | undefined;
}

export interface HistoryPage {
  /** The newest first. */
  readonly items: readonly HistoryEntry[];
  /** Null on the last page. */
  readonly next: string | null;
}

/** One line of a comparison: a value per run, in the order that was asked for. */
export interface ComparedSetting {
  /** `model`, `engine`, `engine version`, `hardware`, ... or the name of a parameter. */
  readonly name: string;
  readonly values: readonly (string | number | boolean | null)[];
  readonly differs: boolean;
}

/** How much a run differs from the first one in a number. */
export interface Difference {
  /** Relative to the first run's value: 20 is 20 % more. */
  readonly percent: number;
  /** Whether that is good. */
  readonly better: boolean;
  /** Whether it is more than starts of the same thing differ by; null where the noise is not known. */
  readonly beyondNoise: boolean | null;
}

export interface ComparedMetric {
  readonly metric: string;
  readonly statistic: string;
  /** `ttft p99`. */
  readonly words: string;
  readonly unit: string;
  readonly values: readonly (number | null)[];
  /** Of the first run and of what was not measured: null. */
  readonly differences: readonly (Difference | null)[];
}

export interface ComparedLoad extends Load {
  readonly metrics: readonly ComparedMetric[];
}

/** Tunes side by side, each by its best. */
export interface Comparison {
  readonly runs: readonly HistoryEntry[];
  /** What differs in what was tuned: model, engine, hardware, task. */
  readonly settings: readonly ComparedSetting[];
  /** The parameters of the best of each; null where a run did not tune it or has no best. */
  readonly parameters: readonly ComparedSetting[];
  /** Every load that one of them measured. */
  readonly loads: readonly ComparedLoad[];
  /** Whether the scores mean the same: the same objective over the same loads. */
  readonly isComparable: boolean;
  /** What a reader has to know: what differs besides, how large the noise is, what cannot be said. */
  readonly words: readonly string[];
}

export interface ParameterChange {
  readonly name: string;
  readonly from: string | number | boolean | null;
  readonly to: string | number | boolean | null;
}

/** One tune of a task, in the order of time. */
export interface TrendPoint {
  readonly entry: HistoryEntry;
  /** Of the best configuration, against the point before that has one. */
  readonly changes: readonly ParameterChange[];
  /** What else is not as it was at that point: engine version, hardware, hosts, model. */
  readonly surroundings: readonly ComparedSetting[];
  /** Whether the score can be compared with that point's: the same objective over the same loads. */
  readonly isComparable: boolean;
  /** Of the score against that point's; null where it cannot be told. Positive is better. */
  readonly changePercent: number | null;
  /** Whether that is more than the noise of both; null where the noise is not known. */
  readonly beyondNoise: boolean | null;
}

/** Standard deviation of one measurement on a fresh start, pooled over tunes. */
export interface PooledNoise {
  readonly percent: number;
  /** Interval of 95 %, by the chi-squared distribution. */
  readonly low: number;
  readonly high: number;
  readonly degreesOfFreedom: number;
  readonly tunes: number;
  readonly lastMeasuredAt: string;
}

/** How much the same configuration differs from start to start on one host. */
export interface HostNoise extends PooledNoise {
  readonly host: string;
  readonly hardware: string | null;
  /** How many of the tunes were A/A tunes; the others are finals. */
  readonly aaTunes: number;
  /** The noise of one thing does not say much about another. */
  readonly bySetting: readonly (PooledNoise & {
    readonly model: string;
    readonly engine: string | null;
    readonly objectiveWords: string;
  })[];
  /** For a person. */
  readonly words: string;
}

/** What the history is kept in, for status pages. */
export interface HistoryStatus {
  readonly kind: 'pglite' | 'postgres';
  /** Whether it can be asked now. */
  readonly isOpen: boolean;
  /** Tunes that are stored safely and wait to be taken in. */
  readonly waiting: number;
  /** Why it cannot be asked, or what could not be taken in; null where all is well. Without credentials. */
  readonly problem: string | null;
}

export interface HistoryRecorder {
  /**
   * Keeps the results of a tune; the same run again is the same as once, and of two the one that finished later stays. Where the database
   * cannot be reached now, they wait in the inbox.
   * @throws Error when neither can be written.
   */
  record(results: ResultsFile): Promise<void>;
  close(): Promise<void>;
}

/** @throws HistoryUnavailableError by all that ask, while the database cannot be reached or another process owns it. */
export interface History extends HistoryRecorder {
  /** @throws HistoryRequestError for a cursor that is none. */
  list(query?: HistoryQuery): Promise<HistoryPage>;
  get(runId: string): Promise<ResultsFile | null>;
  /** @param runIds 2 to 10 different ones. @throws HistoryRequestError when there are fewer or more, or one is unknown. */
  compare(runIds: readonly string[]): Promise<Comparison>;
  /** The last 500 tunes of a task, the oldest first. */
  trend(taskName: string): Promise<readonly TrendPoint[]>;
  noise(): Promise<readonly HostNoise[]>;
  status(): Promise<HistoryStatus>;
}

/** The history cannot be asked now; nothing is lost by it. */
export class HistoryUnavailableError extends Error {
  override readonly name = 'HistoryUnavailableError';
}

/** What was asked makes no sense. */
export class HistoryRequestError extends Error {
  override readonly name = 'HistoryRequestError';
}

export interface HistoryOptions {
  /** postgres://… as in AUTOTUNER_HISTORY_URL; default: PGlite in `folder`. */
  readonly url?: string | undefined;
  /** The folder of the history, of the embedded database or of what waits for PostgreSQL; `historyDir` of the environment. */
  readonly folder: string;
  /** Told what a person may want to know, in one line without credentials. */
  readonly say?: ((line: string) => void) | undefined;
}
