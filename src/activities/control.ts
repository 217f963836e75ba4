import { Context } from '@temporalio/activity';
import type { ControlActivities, WriteResultsInput } from '../contracts/activities.js';
import { ExpressionError } from '../domain/space/expression.js';
import { TunerError } from '../domain/failures.js';
import { parseTask } from '../domain/task/parse-task.js';
import { describeIssue } from '../domain/task/task-issue.js';
import { buildResultsFile, summarizeResults } from '../domain/results/results-file.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import type { ExperimentOutcome } from '../domain/tuning/experiment.js';
import { countAllowed, createSearchSpace } from '../domain/space/search-space.js';
import { planFinals } from '../domain/verdict/plan-finals.js';
import { verificationOf } from '../domain/verdict/settings.js';
import { provenanceHere, writeResultFiles } from '../platform/result-files.js';
import type { Dependencies } from './dependencies.js';
import { withHeartbeat } from './lib/heartbeat.js';
import { plainTask } from './lib/plain-task.js';
import { storing } from './lib/storing.js';
import { createOpeningActivities } from './open-tune.js';
import { createRetryActivities } from './retry.js';

/** Pure or local work that any worker with the role `control` can do. */
export function createControlActivities(dependencies: Dependencies): ControlActivities {
  return {
    prepareTask: (taskFile) =>
      withHeartbeat(dependencies, async () => {
        const parsed = parseTask(taskFile);
        if ('task' in parsed) {
          const { task } = parsed;
          const { allowed } = countAllowed(createSearchSpace(task));
          return { ...task, allowed, ...(dependencies.encrypted ? { encrypted: true } : {}) };
        }
        throw new TunerError('INVALID_TASK', parsed.issues.map(describeIssue).join('\n'));
      }),

    suggest: ({ task, cursor, count, history }) =>
      withHeartbeat(dependencies, async () => {
        const { strategy, seed, max_iterations: most } = task.optimization;
        try {
          return await dependencies.optimizers[strategy].suggest({
            space: createSearchSpace(task),
            cursor,
            count,
            seed,
            ...{ budget: most, observations: [], pending: [], ...history },
          });
        } catch (error) {
          // No other try would end differently, and without a code it would be tried for ever.
          if (!(error instanceof ExpressionError)) throw error;
          throw new TunerError('INVALID_TASK', `a constraint has no answer: ${error.message}`);
        }
      }),

    planFinals: ({ task, finals, isLast }) =>
      withHeartbeat(dependencies, async () => planFinals(verificationOf(task), finals, isLast)),

    ...createOpeningActivities(dependencies),

    ...createRetryActivities(dependencies),

    recordOutcome: ({ tune, outcome }) => storing(dependencies, () => dependencies.store.record(tune, outcome)),

    writeResults: (input) =>
      storing(dependencies, async () => {
        const { tune, task } = input;
        const { outcomes, unreadable } = await dependencies.store.outcomes(tune);
        for (const path of unreadable) {
          const how = `'autotuner results ${task.task_name} --write' takes it from the history`;
          Context.current().log.warn(`left out of the results, since it cannot be read: ${how}`, { path });
        }
        const file = resultsOf(input, outcomes);
        return summarizeResults(file, await writeResultFiles(dependencies.resultsDir, file));
      }),

    recordTune: (input) =>
      // Not through the results file: it may be what could not be written.
      withHeartbeat(dependencies, async () => {
        const { outcomes } = await dependencies.store.outcomes(input.tune);
        if (outcomes.length > 0) await dependencies.history.record(resultsOf(input, outcomes));
      }),
  };
}

function resultsOf(input: WriteResultsInput, outcomes: readonly ExperimentOutcome[]): ResultsFile {
  const { tune, task, stopped, ...told } = input;
  return buildResultsFile({
    ...told,
    task: plainTask(task),
    outcomes,
    workflowId: tune.workflowId,
    runId: tune.runId,
    stoppedEarly: stopped,
    writtenBy: provenanceHere(),
  });
}
