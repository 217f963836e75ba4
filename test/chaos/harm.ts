/** Which experiments a fault may have changed: those that it hit while they lived, and no others. */
import { experimentOf, type Entry } from './logbook.js';

export interface Harm {
  readonly fromMs: number;
  readonly toMs: number;
  /** The attempt that was hit, perhaps before its engine could write anything; without it, whatever lived meanwhile. */
  readonly experiment?: string;
  /** It may cost a second start of a load generator, and must not change the outcome. */
  readonly repeats?: boolean;
}

/** A lost answer is noticed after 3 s, and a load counts as disturbed by what broke up to 5 s before it, for want of its exact beginning. */
const NEAR_MS = 6000;

/**
 * @param from what an experiment must have come to. Before its engine there is nothing to disturb: what is away then is waited for.
 * @returns whether what the faults did can be why an experiment is not as it is without them.
 */
export function excusedBy(
  harms: readonly Harm[],
  entries: readonly Entry[],
  from: 'engine-start' | 'bench-start'
): (experimentId: number) => boolean {
  return (id) => {
    const own = entries.filter((entry) => experimentOf(entry) === id);
    const started = own.find(({ event }) => event === from);
    if (!started)
      return harms.some(({ experiment }) => experiment !== undefined && experimentOf({ experiment }) === id);
    const endedMs = own.find(({ event }) => event === 'bench-end')?.atMs ?? Infinity;
    return harms.some(
      ({ fromMs, toMs, experiment }) =>
        (experiment === undefined || experimentOf({ experiment }) === id) &&
        fromMs <= endedMs &&
        toMs + NEAR_MS >= started.atMs
    );
  };
}
