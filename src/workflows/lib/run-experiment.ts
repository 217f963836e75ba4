import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, patched, sleep, startChild, type ChildWorkflowHandle } from '@temporalio/workflow';
import type { TuneIdentity } from '../../contracts/activities.js';
import { EARLIER_EXPERIMENT_POLL, EXPERIMENT_TASK_TIMEOUT } from '../../contracts/policies.js';
import { describeCombination } from '../../domain/space/combination.js';
import type { ExperimentReport } from '../../domain/tuning/experiment.js';
import { experimentWorkflowId } from '../../domain/names.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { Planned } from '../../domain/tuning/tuning-state.js';
import { experimentWorkflow, type ExperimentInput } from '../experiment.js';

/**
 * One experiment as a child workflow, to its end.
 * @param context what it may know of the tune.
 */
export async function runExperiment(
  tune: TuneIdentity,
  task: TuningTask,
  planned: Planned,
  context: Pick<ExperimentInput, 'reference' | 'standing' | 'startBeforeMs'>
): Promise<ExperimentReport> {
  for (;;) {
    try {
      return await (await start({ tune, task, ...planned, ...context })).result();
    } catch (error) {
      // That of an earlier run, which was terminated, may still be taking its engine down: its successor has the same id.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || !patched('wait-for-earlier-experiment'))
        throw error;
      await sleep(EARLIER_EXPERIMENT_POLL);
    }
  }
}

function start(input: ExperimentInput): Promise<ChildWorkflowHandle<typeof experimentWorkflow>> {
  return startChild(experimentWorkflow, {
    workflowId: experimentWorkflowId(input.tune.workflowId, input.experimentId),
    args: [input],
    // REQUEST_CANCEL, not the default TERMINATE: an experiment whose tune ends must still take its engine down.
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    workflowTaskTimeout: EXPERIMENT_TASK_TIMEOUT,
    staticSummary: describeCombination(input.combination),
  });
}
