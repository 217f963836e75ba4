import type { Client } from '@temporalio/client';
import { executionInfoFromRaw } from '@temporalio/client/lib/helpers.js';
import { tuneInfo, type TuneInfo, type TuneStatus } from './tune-info.js';

/** Runs that went on as a new one are not tunes of their own. */
export const ALL_TUNES = "WorkflowType = 'tuneWorkflow' AND ExecutionStatus != 'ContinuedAsNew'";

const STATUS_NAMES: Readonly<Partial<Record<TuneStatus, string>>> = {
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
  terminated: 'Terminated',
  'timed-out': 'TimedOut',
};

export interface TunePageQuery {
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
  readonly status?: TuneStatus | undefined;
  readonly task?: string | undefined;
  readonly model?: string | undefined;
  readonly engine?: string | undefined;
}

export interface TunePageResult {
  readonly items: readonly TuneInfo[];
  /** Null on the last page. */
  readonly next: string | null;
}

/** A cursor that no page has given. */
export class CursorError extends Error {
  override readonly name = 'CursorError';
}

/**
 * The latest tunes first. Filters are exact: Temporal's list knows no parts of words.
 * @throws CursorError.
 */
export async function tunePage(client: Client, { cursor, limit, ...filter }: TunePageQuery): Promise<TunePageResult> {
  const query = queryOf(filter);
  if (query === null) return { items: [], next: null };
  const { namespace, loadedDataConverter } = client.options;
  const token = cursor === undefined ? undefined : Buffer.from(cursor, 'base64url');
  if (token?.length === 0) throw new CursorError('the cursor is none');
  const response = await client.workflowService
    .listWorkflowExecutions({ namespace, query, pageSize: limit, ...(token ? { nextPageToken: token } : {}) })
    .catch((error: unknown) => {
      // The server takes the token apart: what it cannot read is the caller's mistake.
      if (token && [2, 3, 13].includes(Number((error as { code?: unknown }).code)))
        throw new CursorError('the cursor is none that this server has given', { cause: error });
      throw error;
    });
  const items = await Promise.all(
    (response.executions ?? []).map(async (raw) =>
      tuneInfo(await executionInfoFromRaw(raw, loadedDataConverter, undefined, namespace))
    )
  );
  const next = response.nextPageToken;
  return { items, next: next && next.length > 0 ? Buffer.from(next).toString('base64url') : null };
}

/** Null where nothing can match. */
function queryOf({ status, task, model, engine }: Omit<TunePageQuery, 'cursor' | 'limit'>): string | null {
  const parts = [ALL_TUNES];
  if (status !== undefined) {
    const name = STATUS_NAMES[status];
    if (name === undefined) return null;
    parts.push(`ExecutionStatus = '${name}'`);
  }
  for (const [name, value] of Object.entries({ AutotunerTask: task, AutotunerModel: model, AutotunerEngine: engine })) {
    if (value === undefined) continue;
    // What could end the text in the query is in no name.
    if (!/^[^'"\\`\x00-\x1f]+$/.test(value)) return null;
    parts.push(`${name} = '${value}'`);
  }
  return parts.join(' AND ');
}
