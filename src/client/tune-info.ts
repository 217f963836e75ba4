import type { WorkflowExecutionInfo } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes.js';
import { taskNameOf } from '../domain/names.js';

export type TuneStatus =
  'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timed-out' | 'paused' | 'unknown';

/** A tune as Temporal's list shows it. */
export interface TuneInfo {
  readonly taskName: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly status: TuneStatus;
  readonly model: string | null;
  readonly engine: string | null;
  readonly backend: string | null;
  /** Lower is better; null before the first success. */
  readonly bestScore: number | null;
  readonly startedAt: Date;
  readonly closedAt: Date | null;
}

const STATUSES: Readonly<Record<string, TuneStatus>> = {
  RUNNING: 'running',
  COMPLETED: 'completed',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed-out',
  PAUSED: 'paused',
  // The next run goes on at once.
  CONTINUED_AS_NEW: 'running',
};

export function tuneInfo(execution: Omit<WorkflowExecutionInfo, 'raw'>): TuneInfo {
  const attributes = execution.typedSearchAttributes;
  return {
    taskName: attributes.get(SEARCH_ATTRIBUTES.task) ?? taskNameOf(execution.workflowId),
    workflowId: execution.workflowId,
    runId: execution.runId,
    status: STATUSES[execution.status.name] ?? 'unknown',
    model: attributes.get(SEARCH_ATTRIBUTES.model) ?? null,
    engine: attributes.get(SEARCH_ATTRIBUTES.engine) ?? null,
    backend: attributes.get(SEARCH_ATTRIBUTES.backend) ?? null,
    bestScore: attributes.get(SEARCH_ATTRIBUTES.bestScore) ?? null,
    startedAt: execution.startTime,
    closedAt: execution.closeTime ?? null,
  };
}
