import type { ForecastView } from '../contracts/http/common.js';
import type { Plan } from '../contracts/http/tasks.js';
import { spendingOf, type Forecast } from '../domain/budget/forecast.js';
import type { TunePlan } from '../domain/budget/tune-plan.js';
import { noteUsage, UNUSED, type Usage } from '../domain/budget/usage.js';
import { describeForecast } from '../domain/budget/words.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import { NO_FINALS } from '../domain/verdict/finals-state.js';

const SHOWN = ['wall_time', 'accelerator_hours', 'money'] as const;

interface Wanted {
  readonly plan: TunePlan;
  readonly task: TuningTask;
  readonly allowed: number;
  readonly last: ResultsFile | null;
}

/** By time limits, and from the last run of the same task where there is one. */
export function forecastPlan({ plan, task, allowed, last }: Wanted): Plan['forecast'] {
  const progress = {
    ...{ finals: NO_FINALS, underWay: 0, elapsed: 0, isOver: false },
    awaitsBaseline: task.baseline !== false,
    searchLeft: task.aa === undefined ? Math.min(allowed, task.optimization.max_iterations) : 0,
  };
  const { samples } = (last ? measuredIn(last) : []).reduce(noteUsage, UNUSED);
  const by = (usage: Usage): Forecast | null => spendingOf(plan, { ...progress, usage }).forecast;
  const told = (forecast: Forecast | null): string =>
    forecast ? describeForecast(forecast, plan.currency, SHOWN) : '';
  const lastRun = samples.length > 0 ? by({ ...UNUSED, samples }) : null;
  const timeLimits = by(UNUSED);
  return {
    timeLimits: viewOf(timeLimits),
    lastRun: viewOf(lastRun),
    words: [...(lastRun ? [`${told(lastRun)}, by the last run`] : []), told(timeLimits)],
  };
}

function viewOf(forecast: Forecast | null): ForecastView | null {
  return forecast && { basis: forecast.basis, total: { ...forecast.total } };
}

/** All that a run has deployed, the baseline and the finals too. */
function measuredIn({ all_results, baseline, finalists }: ResultsFile): Parameters<typeof noteUsage>[1][] {
  const all = [...(baseline ? [baseline] : []), ...all_results, ...finalists.flatMap(({ rounds }) => rounds)];
  return all.map(({ status, timings_s: timings, accelerators }) => {
    const of = (phase: string): number => timings[phase] ?? 0;
    return {
      status: status === 'success' ? 'succeeded' : status,
      accelerators,
      timings: {
        ...{ queued: of('queued'), deploying: of('deploying'), starting: of('starting') },
        ...{ warming_up: of('warming_up'), benchmarking: of('benchmarking'), benchmark_tool: of('benchmark_tool') },
        ...{ tearing_down: of('tearing_down'), total: of('total') },
      },
    };
  });
}
