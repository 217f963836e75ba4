import type { TuneSummary } from '../../contracts/http/tunes.js';
import type { TuneInfo } from '../../client/index.js';
import { taskNameOf, tuneWorkflowId } from '../../domain/names.js';
import { timeOf } from './time.js';

/** Where a tune's page in Temporal's UI is. */
export interface TemporalUi {
  /** Null where it is not known. */
  readonly uiUrl: string | null;
  readonly namespace: string;
}

export function summaryOf(info: TuneInfo, { uiUrl, namespace }: TemporalUi): TuneSummary {
  const { workflowId, runId } = info;
  const path = ['namespaces', namespace, 'workflows', workflowId, runId].map(encodeURIComponent).join('/');
  return {
    ...info,
    id: taskNameOf(workflowId),
    startedAt: timeOf(info.startedAt),
    closedAt: info.closedAt && timeOf(info.closedAt),
    temporalUrl: uiUrl && `${uiUrl}/${path}/history`,
  };
}

/** The workflow id of a tune by its `id` in the API. */
export function workflowIdOf(id: string): string {
  return id.startsWith('tune/') ? id : tuneWorkflowId(id);
}
