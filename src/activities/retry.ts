import type { ControlActivities, RetryInput } from '../contracts/activities.js';
import { scoreReference } from '../domain/scoring/assess.js';
import type { ExperimentOutcome } from '../domain/tuning/experiment.js';
import { roleOf } from '../domain/tuning/experiment.js';
import { experimentsToRetry, nextNumber, summarizeKept, type Again } from '../domain/tuning/retry.js';
import type { Dependencies } from './dependencies.js';
import { plainTask } from './lib/plain-task.js';
import { storing } from './lib/storing.js';

interface Opened {
  readonly of: string;
  readonly outcomes: readonly ExperimentOutcome[];
  readonly again: readonly Again[];
  readonly nextExperimentId: number;
}

/** What a run needs that repeats the failed experiments of an earlier one. */
export function createRetryActivities(
  dependencies: Pick<Dependencies, 'store' | 'earlierTune' | 'redactor'>
): Pick<ControlActivities, 'openRetry' | 'suggestAgain'> {
  const { store, earlierTune } = dependencies;
  async function open({ tune, retry }: RetryInput): Promise<Opened> {
    const earlier = await earlierTune(tune.workflowId, retry.runId);
    const { outcomes: stored } = await store.outcomes({ taskName: tune.taskName, runId: earlier.firstRunId });
    // Each knows what the other may have lost: Temporal to its retention, the store to a full disk or a folder that was removed.
    const byId = new Map([...stored, ...earlier.outcomes].map((outcome) => [outcome.experimentId, outcome]));
    const outcomes = [...byId.values()];
    const again = experimentsToRetry({ outcomes, lost: earlier.lost }, retry.codes);
    await store.openRetry(tune, outcomes, again);
    const nextExperimentId = nextNumber(outcomes, earlier.lost);
    return { of: earlier.firstRunId, outcomes, again, nextExperimentId };
  }

  return {
    openRetry: (input) =>
      storing(dependencies, async () => {
        const { of, outcomes, again, nextExperimentId } = await open(input);
        await store.describe(input.tune, plainTask(input.task));
        const baseline = outcomes.find(({ experimentId }) => experimentId === 0);
        const reference = scoreReference(input.task, baseline);
        return {
          of,
          again: again.length,
          nextExperimentId,
          ...summarizeKept(outcomes, again),
          ...(reference ? { reference } : {}),
        };
      }),

    suggestAgain: (input) =>
      storing(dependencies, async () => {
        const { tune, cursor, count } = input;
        // Another control worker may have made the list in a folder of its own: an ended run gives the same one again.
        const again = (await store.again(tune)) ?? (await open(input)).again;
        const next = cursor + count;
        const experiments = again
          .slice(cursor, next)
          .map((item) => ({ experimentId: item.experimentId, ...roleOf(item), combination: item.combination }));
        return { experiments, cursor: next, exhausted: next >= again.length };
      }),
  };
}
