/** Words on experiments. */
import { describeMiss, type Miss } from '../../domain/scoring/slo.js';
import type { ExperimentResult } from '../../domain/results/tune-result.js';

/** By what a combination is infeasible, the worst first; empty where it is not. */
export function describeMisses({ slo }: Pick<ExperimentResult, 'slo'>): string {
  return ((slo?.misses ?? []) as readonly Miss[]).map(describeMiss).join('; ');
}

/** Why an experiment has no score that counts. */
export function whyNot(result: ExperimentResult): string {
  const { failure, ended_early: ended, max_load: maxLoad, status } = result;
  if (failure) return `${failure.code}: ${failure.message}`;
  if (ended) return `ended after ${ended.after}: ${ended.reason}`;
  const missed = describeMisses(result) || maxLoad?.probes.find((probe) => probe.missed !== undefined)?.missed;
  return missed ?? (status === 'success' ? '' : status);
}
