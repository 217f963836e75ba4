/** Why a tune measured no more: for the results file, the status and the answer. */
import type { FinalsState } from '../verdict/finals-state.js';
import { RESOURCES, type Resource } from './resources.js';
import type { TunePlan } from './tune-plan.js';
import { describeAmount } from './words.js';

export const END_REASONS = [
  /** `optimization.max_iterations`. */
  'max_iterations',
  /** The constraints allow nothing else. */
  'space_exhausted',
  /** An A/A tune or a retry has measured what it was to measure. */
  'complete',
  'expected_improvement',
  ...RESOURCES,
  'stopped',
  'cancelled',
  'failed',
] as const;
export type EndReason = (typeof END_REASONS)[number];

export interface Ended {
  readonly reason: EndReason;
  /** What it put an end to; the finals follow upon a search that has ended. */
  readonly stage: 'search' | 'finals';
}

/** What of a tune's state says how it ended. */
interface Endable {
  /** What was decided; otherwise everything was done. */
  readonly ended?: Ended | undefined;
  readonly stopping: boolean;
  readonly exhausted: boolean;
  readonly retry?: object | undefined;
  readonly finals: FinalsState;
}

/** Of a tune that measures no more, and was neither cancelled nor failed. */
export function endOf(state: Endable, { verification }: Pick<TunePlan, 'verification'>): Ended {
  if (state.stopping) return { reason: 'stopped', stage: state.finals.measured.length > 0 ? 'finals' : 'search' };
  if (state.ended) return state.ended;
  const isRepeating = verification.starts !== null || state.retry !== undefined;
  const reason = isRepeating ? 'complete' : state.exhausted ? 'space_exhausted' : 'max_iterations';
  return { reason, stage: 'search' };
}

/** Whether the budget left the finals without the rounds that they wanted. */
export function areFinalsCut({ reason, stage }: Ended): boolean {
  return stage === 'finals' && isResource(reason);
}

/** Whether the answer should say so: it came before all was done that was allowed, and nobody asked for it at that moment. */
export function isWorthTelling({ reason }: Ended): boolean {
  return reason === 'expected_improvement' || isResource(reason);
}

/** One sentence. @param experiments of the search, that have ended. */
export function describeEnd(
  { reason, stage }: Ended,
  { limits, stopWhen, currency }: Pick<TunePlan, 'limits' | 'stopWhen' | 'currency'>,
  experiments: number
): string {
  const what = stage === 'finals' ? 'The finals ended' : `The search ended after ${count(experiments)}`;
  if (isResource(reason)) {
    const more = stage === 'finals' ? 'more measurements were' : 'another one, with the finals after it, was';
    const limit = describeAmount(reason, limits[reason] ?? 0, currency);
    return `${what}: ${more} not expected to fit into the budget of ${limit}.`;
  }
  switch (reason) {
    case 'max_iterations':
      return `${what}: optimization.max_iterations.`;
    case 'space_exhausted':
      return `${what}: every combination that the constraints allow was tried.`;
    case 'complete':
      return 'Everything that was to be measured was.';
    case 'expected_improvement': {
      const share = Number(((stopWhen?.expected_improvement ?? 0) * 100).toPrecision(3));
      return `${what}: another one was expected to improve the best by less than ${share} %, ${stopWhen?.in_a_row} times in a row.`;
    }
    case 'stopped':
      return `${what}, because the tune was told to stop.`;
    case 'cancelled':
      return 'The tune was cancelled.';
    case 'failed':
      return 'The tune failed.';
  }
}

function count(experiments: number): string {
  return experiments === 1 ? '1 experiment' : `${experiments} experiments`;
}

function isResource(reason: EndReason): reason is Resource {
  return (RESOURCES as readonly EndReason[]).includes(reason);
}
