import type { ControlActivities } from '../contracts/activities.js';
import { TunerError } from '../domain/failures.js';
import { describeIssue, parseTask } from '../domain/parse-task.js';
import { buildResultsFile, summarizeResults } from '../domain/results-file.js';
import { createSearchSpace } from '../domain/search-space.js';
import { OPTIMIZERS } from '../optimizers/index.js';
import { provenanceHere, writeResultFiles } from '../platform/result-files.js';
import type { Dependencies } from './dependencies.js';
import { withHeartbeat } from './lib/heartbeat.js';
import { storing } from './lib/storing.js';
import { createRetryActivities } from './retry.js';

/** Pure or local work that any worker with the role `control` can do. */
export function createControlActivities(dependencies: Dependencies): ControlActivities {
  return {
    prepareTask: (taskFile) =>
      withHeartbeat(async () => {
        const parsed = parseTask(taskFile);
        if ('task' in parsed) return parsed.task;
        throw new TunerError('INVALID_TASK', parsed.issues.map(describeIssue).join('\n'));
      }),

    suggest: ({ task, cursor, count }) =>
      withHeartbeat(async () => {
        const optimizer = OPTIMIZERS[task.optimization.strategy];
        return optimizer.suggest({ space: createSearchSpace(task), cursor, count, seed: task.optimization.seed });
      }),

    ...createRetryActivities(dependencies),

    recordOutcome: ({ tune, outcome }) => storing(() => dependencies.store.record(tune, outcome)),

    writeResults: ({ tune, task, elapsedSeconds, answer, stopped, retryOf }) =>
      storing(async () => {
        const file = buildResultsFile({
          task,
          outcomes: await dependencies.store.outcomes(tune),
          workflowId: tune.workflowId,
          runId: tune.runId,
          elapsedSeconds,
          finishedAtMs: Date.now(),
          answer,
          stoppedEarly: stopped,
          retryOf,
          writtenBy: provenanceHere(),
        });
        return summarizeResults(file, await writeResultFiles(dependencies.resultsDir, file));
      }),
  };
}
