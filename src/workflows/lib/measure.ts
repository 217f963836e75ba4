import type { BenchmarkSummary } from '../../contracts/activities.js';
import type { Standing } from '../../domain/loads/early-end.js';
import type { FailureCode } from '../../domain/failures.js';
import { nextStep } from '../../domain/loads/load-plan.js';
import type { Conclusion, FinishedStep } from '../../domain/loads/load-step.js';
import type { Load } from '../../domain/loads/load.js';
import type { Footprint } from '../../domain/loads/metric.js';
import { maxLoadOf } from '../../domain/loads/max-load-plan.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import { reportedFailure } from './failure-guards.js';

/** One start of the load generator. */
export interface Step {
  /** From 1. */
  readonly number: number;
  readonly loads: readonly Load[];
  /** For people. */
  readonly reason: string;
}

/** All steps of an experiment together. */
export interface Benchmarked extends Conclusion, Omit<BenchmarkSummary, 'measurements'> {}

/** What a load that is too heavy ends with, while the engine goes on. */
const TOO_HEAVY: readonly FailureCode[] = ['LOAD_FAILED', 'BENCHMARK_TIMEOUT'];

/**
 * Measures step by step, until the task has what it wants or the experiment cannot win any more.
 * @param run one step, as an activity: a step that has ended is in the history and never runs again.
 */
export async function measure(
  task: TuningTask,
  standing: Standing | undefined,
  footprint: Footprint | null,
  run: (step: Step) => Promise<BenchmarkSummary>
): Promise<Benchmarked> {
  const finished: FinishedStep[] = [];
  const summaries: BenchmarkSummary[] = [];
  let failed: unknown = null;
  for (;;) {
    const next = nextStep(task, finished, standing, footprint);
    if ('conclusion' in next) {
      // Not even the lightest load of a search could be measured: its failure is all that there is to say.
      if (summaries.length === 0) throw failed;
      return { ...next.conclusion, ...together(summaries) };
    }
    const { loads, reason } = next;
    try {
      const summary = await run({ number: finished.length + 1, loads, reason });
      summaries.push(summary);
      finished.push({ loads, measurements: summary.measurements });
    } catch (error) {
      const failure = reportedFailure(error);
      const isAnswer = failure !== null && TOO_HEAVY.includes(failure.code) && maxLoadOf(task) !== null;
      if (!isAnswer) throw error;
      failed = error;
      finished.push({ loads, measurements: [] });
    }
  }
}

/** The machine's load is that before the first step: later ones follow the experiment's own. */
function together(summaries: readonly BenchmarkSummary[]): Omit<BenchmarkSummary, 'measurements'> {
  const [first] = summaries;
  return {
    toolVersion: first?.toolVersion ?? 'unknown',
    toolSeconds: summaries.reduce((sum, { toolSeconds }) => sum + toolSeconds, 0),
    artifactsUri: first?.artifactsUri ?? '',
    loadAverage: first?.loadAverage ?? 0,
    prefixCache: summaries.map(({ prefixCache }) => prefixCache).find((state) => state !== 'reset') ?? 'reset',
  };
}
