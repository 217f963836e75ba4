/**
 * Whether the next experiment may start. A limit is kept by forecast: what is under way, another experiment, and the finals after it
 * must fit, each as long as all but the longest tenth of those that have ended. What has started is measured to its end.
 */
import type { FinalsState } from '../verdict/finals-state.js';
import { estimate } from './estimate.js';
import { finalsAhead } from './finals-ahead.js';
import { hoursAndMoney, RESOURCES, type Amounts, type Resource } from './resources.js';
import type { TunePlan } from './tune-plan.js';
import type { Usage } from './usage.js';

/** How a tune stands. */
export interface Standing {
  readonly usage: Usage;
  readonly finals: FinalsState;
  /** Seconds. */
  readonly elapsed: number;
  /** Accelerators of each experiment that is under way; 0 where nobody counts them. */
  readonly underWay: readonly number[];
}

/** `wait`: until one that is under way has ended; a resource: there is not enough of it left. */
export type Admission = 'start' | 'wait' | Resource;

/** A reserve for the finals that is a larger part of a limit leaves too little to be verified: then the search has all of it. */
const MOST_FOR_FINALS = 0.5;

/** Of an experiment of the search, or of the next start of an A/A tune. @param accelerators that it takes. */
export function admit(plan: TunePlan, standing: Standing, accelerators: number): Admission {
  const { usage, finals, elapsed, underWay } = standing;
  if (usage.samples.length === 0 && underWay.length === 0) {
    // Somebody has to go first, whatever it takes: nothing else can say how long an experiment is.
    const spent = { experiments: usage.experiments + 1, wall_time: elapsed };
    return exceeded(plan.limits, [spent, hoursAndMoney(usage.acceleratorSeconds, plan.price)]) ?? 'start';
  }
  const one = estimate(usage, plan, 'any');
  const busy = underWay.reduce((sum, count) => sum + count, accelerators) * one.occupied.high;
  const isSearch = plan.verification.starts === null;
  const reserve = isSearch ? finalsReserve(plan, usage, finals) : {};
  const short = exceeded(plan.limits, [
    { experiments: usage.experiments + underWay.length + 1, wall_time: elapsed + one.total.high },
    hoursAndMoney(usage.acceleratorSeconds + busy, plan.price),
    reserve,
  ]);
  if (!short) return 'start';
  return underWay.length > 0 ? 'wait' : short;
}

/** Of the next round of finals: of the first, whether as many as a verdict needs fit, since fewer would be lost. */
export function admitRound(plan: TunePlan, standing: Omit<Standing, 'underWay'>): Resource | null {
  const { usage, finals, elapsed } = standing;
  const ahead = finalsAhead(plan, finals, false);
  if (!ahead || plan.verification.starts !== null) return null;
  const { participants, measurements } = ahead;
  const needed = Math.max(participants, finals.measured.length === 0 ? measurements.low : participants);
  const turns = (needed / participants) * Math.ceil(participants / plan.parallelism);
  const one = estimate(usage, plan, 'measured');
  // The rounds without which there is no verdict were reserved with a margin; any further one must leave it whole.
  const isOwed = measurements.low > 0;
  const seconds = isOwed ? one.total.mid : one.total.high;
  const accelerated = isOwed ? one.acceleratorSeconds?.mid : one.acceleratorSeconds?.high;
  return exceeded(plan.limits, [
    { experiments: usage.experiments + needed, wall_time: elapsed + turns * seconds },
    hoursAndMoney(usage.acceleratorSeconds + needed * (accelerated ?? 0), plan.price),
  ]);
}

/** What the search leaves to the finals: as many rounds as a verdict needs. Nothing, where that is more than half of a limit. */
export function finalsReserve(plan: TunePlan, usage: Usage, finals: FinalsState): Amounts {
  const ahead = finalsAhead(plan, finals, true);
  if (!ahead || usage.samples.length === 0) return {};
  const one = estimate(usage, plan, 'measured');
  const { low: needed } = ahead.measurements;
  const reserve = {
    experiments: needed,
    wall_time: ahead.turns.low * one.total.high,
    ...hoursAndMoney(needed * (one.acceleratorSeconds?.high ?? 0), plan.price),
  };
  return exceeded(plan.limits, [reserve], MOST_FOR_FINALS) ? {} : reserve;
}

/** The first limit that the sum exceeds. @param share of the limits. */
function exceeded(limits: Amounts, parts: readonly Amounts[], share = 1): Resource | null {
  const isExceeded = (resource: Resource): boolean => {
    const limit = limits[resource];
    return limit !== undefined && parts.reduce((sum, part) => sum + (part[resource] ?? 0), 0) > limit * share;
  };
  return RESOURCES.find(isExceeded) ?? null;
}
