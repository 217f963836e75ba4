/** Which experiments of a tune that has ended are run again, and what the new run keeps: pure, so that worker and CLI agree. */
import { roleOf, type ExperimentOutcome } from './experiment.js';
import { isFailureCode, type FailureCode } from '../failures.js';
import { reduce } from './tuning-reducer.js';
import { initialState, type KeptSummary, type Planned } from './tuning-state.js';

/** Why an experiment is run again: its failure code, or that it was cancelled, or that it had a number and came to no outcome. */
export type RetryReason = FailureCode | 'cancelled' | 'lost';

/** An experiment that is run again, with its number and combination. */
export interface Again extends Planned {
  readonly reason: RetryReason;
}

/** A tune that has ended, as far as anybody knows. */
export interface EarlierTune {
  /** The first run's id: the same through continue-as-new. */
  readonly firstRunId: string;
  /** The latest of each experiment. */
  readonly outcomes: readonly ExperimentOutcome[];
  readonly lost: readonly Again[];
}

export function isRetryReason(text: string): text is RetryReason {
  return text === 'cancelled' || text === 'lost' || isFailureCode(text);
}

/**
 * What is run again, by experiment number. Whatever was measured is kept, also where it missed its SLO.
 * @param codes only experiments with one of these reasons; all when empty.
 */
export function experimentsToRetry(
  { outcomes, lost }: Pick<EarlierTune, 'outcomes' | 'lost'>,
  codes: readonly string[] = []
): Again[] {
  const known = new Set(outcomes.map((outcome) => outcome.experimentId));
  const all = [...outcomes.flatMap(failedOne), ...lost.filter(({ experimentId }) => !known.has(experimentId))];
  return all
    .filter(({ reason }) => codes.length === 0 || codes.includes(reason))
    .sort((a, b) => a.experimentId - b.experimentId);
}

function failedOne(outcome: ExperimentOutcome): Again[] {
  const { experimentId, combination, status, failure } = outcome;
  if (status !== 'failed' && status !== 'cancelled') return [];
  return [
    {
      experimentId,
      ...roleOf(outcome),
      combination,
      reason: status === 'cancelled' ? status : (failure?.code ?? 'INTERNAL'),
    },
  ];
}

/** @param again the experiments that are not kept. */
export function summarizeKept(outcomes: readonly ExperimentOutcome[], again: readonly Planned[]): KeptSummary {
  const repeated = new Set(again.map(({ experimentId }) => experimentId));
  const { counts, failures, best, front, nearest, finals } = outcomes
    .filter(({ experimentId }) => !repeated.has(experimentId))
    .reduce((state, outcome) => reduce(state, { type: 'finished', outcome }), initialState(0));
  return { counts, failures, best, finals, ...(front ? { front } : {}), ...(nearest ? { nearest } : {}) };
}

/** The first number that no experiment of the earlier run has. */
export function nextNumber(...numbered: readonly (readonly { readonly experimentId: number }[])[]): number {
  return numbered.flat().reduce((next, { experimentId }) => Math.max(next, experimentId + 1), 1);
}

/** `2 ENGINE_CRASHED, 1 lost`, the most frequent first. */
export function describeReasons(again: readonly Again[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of again) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([reason, count]) => `${count} ${reason}`).join(', ');
}
