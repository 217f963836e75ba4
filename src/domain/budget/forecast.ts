/** What a whole tune will take, with its baseline and its finals: before it starts by time limits, then by what has ended. */
import type { FinalsState } from '../verdict/finals-state.js';
import { finalsReserve } from './admission.js';
import { estimate, type Range } from './estimate.js';
import { finalsAhead } from './finals-ahead.js';
import { hoursAndMoney, RESOURCES, type Amounts, type Resource } from './resources.js';
import type { TunePlan } from './tune-plan.js';
import type { Usage } from './usage.js';

/** What of a tune's state the forecast is made of. */
export interface Progress {
  readonly usage: Usage;
  readonly finals: FinalsState;
  /** Experiments under way, of any role. */
  readonly underWay: number;
  /** Whether the baseline has yet to start. */
  readonly awaitsBaseline: boolean;
  /** Experiments that the search may still start; 0 when it is over. */
  readonly searchLeft: number;
  /** Seconds. */
  readonly elapsed: number;
  /** Nothing more will be measured. */
  readonly isOver: boolean;
}

export interface Spending {
  readonly spent: Amounts;
  /** The task's `budget`; empty without one. */
  readonly limits: Amounts;
  readonly currency: string;
  /** Of the whole tune, what is spent included; null when it is over. */
  readonly forecast: Forecast | null;
}

export interface Forecast {
  /** `time_limits`: nothing has ended yet, and every number is the most that it could be. */
  readonly basis: 'experiments' | 'time_limits';
  readonly total: Readonly<Partial<Record<Resource, Range>>>;
}

export function spendingOf(plan: TunePlan, progress: Progress): Spending {
  const { usage, elapsed } = progress;
  const isCosted = usage.samples.some(({ accelerators }) => accelerators !== undefined) || plan.price !== null;
  const spent: Amounts = {
    experiments: usage.experiments,
    wall_time: elapsed,
    ...(isCosted || plan.accelerators !== null ? hoursAndMoney(usage.acceleratorSeconds, plan.price) : {}),
  };
  const { limits, currency } = plan;
  return { spent, limits, currency, forecast: progress.isOver ? null : forecastOf(plan, progress, spent) };
}

/** How many more experiments the search is likely to start: as many as it may, and as fit into the budget. */
export function searchAhead(plan: TunePlan, progress: Omit<Progress, 'isOver' | 'awaitsBaseline'>): number {
  const { usage, finals, underWay, searchLeft, elapsed } = progress;
  const { limits, parallelism, price } = plan;
  if (usage.samples.length === 0) return searchLeft;
  const one = estimate(usage, plan, 'any');
  const reserve = finalsReserve(plan, usage, finals);
  const accelerated = one.acceleratorSeconds?.mid ?? 0;
  const each = hoursAndMoney(accelerated, price);
  const busy = hoursAndMoney(usage.acceleratorSeconds + underWay * accelerated, price);
  const fits: Readonly<Partial<Record<Resource, number>>> = {
    experiments: room(limits.experiments, usage.experiments + underWay + (reserve.experiments ?? 0), 1),
    wall_time: room(
      limits.wall_time,
      elapsed + (reserve.wall_time ?? 0) + (underWay / 2 / parallelism) * one.total.mid,
      one.total.mid / parallelism
    ),
    accelerator_hours: room(
      limits.accelerator_hours,
      (busy.accelerator_hours ?? 0) + (reserve.accelerator_hours ?? 0),
      each.accelerator_hours
    ),
    money: room(limits.money, (busy.money ?? 0) + (reserve.money ?? 0), each.money),
  };
  return Math.max(0, Math.floor(Math.min(searchLeft, ...Object.values(fits))));
}

/** How often `each` fits into what is left of a limit. */
function room(limit: number | undefined, taken: number, each: number | undefined): number {
  return limit === undefined || !each ? Infinity : (limit - taken) / each;
}

function forecastOf(plan: TunePlan, progress: Progress, spent: Amounts): Forecast {
  const { usage, finals, underWay, awaitsBaseline } = progress;
  const searched = searchAhead(plan, progress) + (awaitsBaseline ? 1 : 0);
  const ahead = finalsAhead(plan, finals, progress.searchLeft > 0 || underWay > 0);
  const any = estimate(usage, plan, 'any');
  const measured = estimate(usage, plan, 'measured');
  // Those under way are half done, on average.
  const turns = turnsOf(searched, underWay, plan.parallelism);
  const of = (key: keyof Range): Amounts => {
    const finalists = ahead?.measurements[key] ?? 0;
    const seconds = turns * any.total[key] + (ahead?.turns[key] ?? 0) * measured.total[key];
    const searching = (searched + underWay) * (any.acceleratorSeconds?.[key] ?? NaN);
    const verifying = finalists * (measured.acceleratorSeconds?.[key] ?? NaN);
    return {
      experiments: usage.experiments + underWay + searched + finalists,
      wall_time: (spent.wall_time ?? 0) + seconds,
      ...hoursAndMoney(usage.acceleratorSeconds + searching + verifying, plan.price),
    };
  };
  const [low, mid, high] = [of('low'), of('mid'), of('high')];
  const total = RESOURCES.flatMap((resource) => {
    const [from, about, to] = [low[resource], mid[resource], high[resource]];
    const isKnown = from !== undefined && about !== undefined && to !== undefined && !Number.isNaN(about);
    return isKnown ? [[resource, { low: from, mid: about, high: to }] as const] : [];
  });
  return { basis: usage.samples.length > 0 ? 'experiments' : 'time_limits', total: Object.fromEntries(total) };
}

/** How often an experiment's time passes: side by side they take it once. */
function turnsOf(searched: number, underWay: number, parallelism: number): number {
  const least = searched > 0 ? 1 : underWay > 0 ? 0.5 : 0;
  return Math.max(least, (searched + underWay / 2) / parallelism);
}
