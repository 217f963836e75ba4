import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, patched, sleep, startChild, type ChildWorkflowHandle } from '@temporalio/workflow';
import type { TuneIdentity } from '../../contracts/activities.js';
import { EARLIER_EXPERIMENT_POLL, EXPERIMENT_TASK_TIMEOUT } from '../../contracts/policies.js';
import { describeCombination } from '../../domain/combination.js';
import type { ExperimentReport } from '../../domain/experiment.js';
import { experimentWorkflowId } from '../../domain/names.js';
import type { ScoreReference } from '../../domain/score.js';
import type { TuningTask } from '../../domain/task.schema.js';
import type { Planned } from '../../domain/tuning-state.js';
import { experimentWorkflow } from '../experiment.js';

/**
 * One experiment as a child workflow, to its end.
 * @param reference what its worst load is told by, if the task asks for that.
 */
export async function runExperiment(
  tune: TuneIdentity,
  task: TuningTask,
  planned: Planned,
  reference?: ScoreReference
): Promise<ExperimentReport> {
  for (;;) {
    try {
      return await (await start(tune, task, planned, reference)).result();
    } catch (error) {
      // That of an earlier run, which was terminated, may still be taking its engine down: its successor has the same id.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || !patched('wait-for-earlier-experiment'))
        throw error;
      await sleep(EARLIER_EXPERIMENT_POLL);
    }
  }
}

function start(
  tune: TuneIdentity,
  task: TuningTask,
  planned: Planned,
  reference: ScoreReference | undefined
): Promise<ChildWorkflowHandle<typeof experimentWorkflow>> {
  return startChild(experimentWorkflow, {
    workflowId: experimentWorkflowId(tune.workflowId, planned.experimentId),
    args: [{ tune, task, ...planned, ...(reference ? { reference } : {}) }],
    // REQUEST_CANCEL, not the default TERMINATE: an experiment whose tune ends must still take its engine down.
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    workflowTaskTimeout: EXPERIMENT_TASK_TIMEOUT,
    staticSummary: describeCombination(planned.combination),
  });
}
