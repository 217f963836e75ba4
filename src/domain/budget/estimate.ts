/** How long the next experiments will take, from those that have ended. */
import type { TunePlan } from './tune-plan.js';
import type { Sample, Usage } from './usage.js';

export interface Range {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** One experiment: seconds, and accelerators times seconds where they are known. */
export interface Estimate {
  /** With the wait for a place, which so slows the forecast where there are fewer places than `parallelism`. */
  readonly total: Range;
  readonly occupied: Range;
  readonly acceleratorSeconds: Range | null;
}

/** The range leaves out a tenth on each side: one hang is no forecast. Of fewer than ten it is nearly the whole. */
const TAIL = 0.1;

/**
 * By experiments that have ended; before the first, the time limits are all that is known.
 * @param kind `measured`: what a measurement takes, as in the finals; `any`: with the crashes of the search.
 */
export function estimate({ samples }: Pick<Usage, 'samples'>, plan: TunePlan, kind: 'any' | 'measured'): Estimate {
  const measured = samples.filter((sample) => sample.measured);
  const chosen = kind === 'measured' && measured.length > 0 ? measured : samples;
  if (chosen.length === 0) return atMost(plan);
  const accelerated = chosen.flatMap(({ accelerators, occupied }) =>
    accelerators === undefined ? [] : [accelerators * occupied]
  );
  return {
    total: rangeOf(chosen.map((sample: Sample) => sample.total)),
    occupied: rangeOf(chosen.map((sample) => sample.occupied)),
    acceleratorSeconds: accelerated.length > 0 ? rangeOf(accelerated) : null,
  };
}

function atMost({ longestSeconds, accelerators }: TunePlan): Estimate {
  const flat = (value: number): Range => ({ low: value, mid: value, high: value });
  return {
    total: flat(longestSeconds),
    occupied: flat(longestSeconds),
    acceleratorSeconds: accelerators === null ? null : flat(accelerators * longestSeconds),
  };
}

/** The median, and the tenth and ninetieth percentile, between neighbours in proportion. */
function rangeOf(values: readonly number[]): Range {
  const sorted = [...values].sort((a, b) => a - b);
  const quantile = (share: number): number => {
    const at = share * (sorted.length - 1);
    const below = sorted[Math.floor(at)] ?? 0;
    return below + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? below) - below);
  };
  return { low: quantile(TAIL), mid: quantile(0.5), high: quantile(1 - TAIL) };
}
