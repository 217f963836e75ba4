import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { ExperimentOutcome, ExperimentReport } from '../domain/experiment.js';

/** A tune as its workflow's history tells it: the truth, wherever the result files are. */
export interface TuneHistory {
  /** The workflow's input: the task file as it was given. */
  readonly taskFile: unknown;
  /** By experiment number. */
  readonly outcomes: readonly ExperimentOutcome[];
  /** The first run's id: the same through continue-as-new. */
  readonly firstRunId: string;
}

/** Reads every run of a tune, from the given one back to the first, as far as Temporal still keeps them. */
export async function readTuneHistory(client: Client, workflowId: string, lastRunId: string): Promise<TuneHistory> {
  const converter = client.options.loadedDataConverter;
  const outcomes: ExperimentOutcome[] = [];
  let taskFile: unknown = null;
  let firstRunId = lastRunId;
  let runId = lastRunId;
  while (runId !== '') {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const started = events?.[0]?.workflowExecutionStartedEventAttributes;
    [taskFile] = await decodeArrayFromPayloads(converter, started?.input?.payloads);
    for (const event of events ?? []) {
      const completed = event.childWorkflowExecutionCompletedEventAttributes;
      if (completed?.workflowType?.name !== 'experimentWorkflow') continue;
      const [report] = await decodeArrayFromPayloads(converter, completed.result?.payloads);
      outcomes.push((report as ExperimentReport).outcome);
    }
    firstRunId = started?.firstExecutionRunId || runId;
    runId = started?.continuedExecutionRunId ?? '';
  }
  return { taskFile, firstRunId, outcomes: outcomes.sort((a, b) => a.experimentId - b.experimentId) };
}
