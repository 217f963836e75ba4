/** A whole made-up tune: a baseline, a search with failures and missed limits, and finals. */
import type { Combination } from '../../src/domain/space/combination.js';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import type { ResultsInput } from '../../src/domain/results/results-file.js';
import type { ExperimentOutcome } from '../../src/domain/tuning/experiment.js';
import { failedOutcome, measuredOutcome, resultsOf } from './results.js';
import { taskOf } from './tasks.js';

interface Tuned {
  /** What the task has besides. */
  readonly task?: Parameters<typeof taskOf>[0];
  /** How many experiments the search has (24). */
  readonly experiments?: number;
  readonly finals?: boolean;
  /** Lines of a failed experiment. */
  readonly evidence?: readonly string[];
  readonly more?: Partial<ResultsInput>;
}

/** `threads` matters much, `parallel` a little, `color` not at all; every seventh experiment fails. The same every time. */
export function tunedResults({
  task: own = {},
  experiments = 24,
  finals = true,
  evidence = ['CUDA out of memory'],
  more,
}: Tuned = {}): ResultsFile {
  const task = taskOf({
    parameters: {
      threads: { type: 'choice', values: [1, 2, 4] },
      parallel: { type: 'choice', values: [1, 4] },
      color: { type: 'choice', values: ['red', 'green', 'blue'] },
    },
    benchmark: { traffic_scenarios: ['D(200,16)'], num_concurrency: [1, 4] },
    ...own,
  });
  const baseline = measuredOutcome(task, 0, {}, 2, { role: 'baseline' });
  const searched = Array.from({ length: experiments }, (_, i): ExperimentOutcome => {
    const id = i + 1;
    const combination = combinationOf(i);
    if (id % 7 === 0) return failedOutcome(id, combination, evidence);
    return measuredOutcome(task, id, combination, latencyOf(combination, i), {}, baseline);
  });
  const among = finals ? bestTwo(searched) : [];
  const rounds = [1, 2, 3, 4].flatMap((round) =>
    (finals ? [0, ...among] : []).map((of, i): ExperimentOutcome => {
      const combination = of === 0 ? {} : (searched[of - 1] as ExperimentOutcome).combination;
      const latency = (of === 0 ? 2 : latencyOf(combination, of)) * (1 + 0.004 * ((round * 3 + of) % 5));
      return measuredOutcome(
        task,
        1000 + round * 10 + i,
        combination,
        latency,
        { role: 'final', of, round, among },
        baseline
      );
    })
  );
  return resultsOf(task, [baseline, ...searched, ...rounds], more);
}

function combinationOf(i: number): Combination {
  return {
    threads: [1, 2, 4][i % 3] as number,
    parallel: [1, 4][Math.floor(i / 3) % 2] as number,
    color: ['red', 'green', 'blue'][Math.floor(i / 6) % 3] as string,
  };
}

function latencyOf({ threads, parallel }: Combination, i: number): number {
  return (2 / Math.sqrt(Number(threads))) * (parallel === 4 ? 0.9 : 1) * (1 + 0.01 * ((i * 7) % 5));
}

function bestTwo(searched: readonly ExperimentOutcome[]): number[] {
  return searched
    .filter(({ status, score }) => status === 'succeeded' && score !== null)
    .sort((a, b) => (a.score ?? 0) - (b.score ?? 0))
    .slice(0, 2)
    .map(({ experimentId }) => experimentId);
}
