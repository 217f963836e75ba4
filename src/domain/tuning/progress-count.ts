import type { TunePlan } from '../budget/tune-plan.js';
import { finishedCount, type TuningState } from './tuning-state.js';

/** How far a tune is: `12 of up to 40`, `12 of up to 40, 4 in finals`; of an A/A tune `3 of 10 starts`. */
export function describeCount(state: TuningState, plan: TunePlan | null): string {
  const { measured, baseline } = state.finals;
  const starts = plan?.verification.starts ?? null;
  if (starts !== null) return `${measured.length + (baseline ? 1 : 0)} of ${starts} starts`;
  // A retry knows how many it runs again; a search never makes more than there are.
  const most = state.retry ? state.maxIterations : Math.min(state.maxIterations, plan?.allowed ?? Infinity);
  const finals = measured.length > 0 ? `, ${measured.length} in finals` : '';
  return `${finishedCount(state)} of up to ${most}${finals}`;
}
