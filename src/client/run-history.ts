/** One run of a tune, read from its events. */
import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { FinalsOutput, RetryRequest, RetryStart, SuggestOutput } from '../contracts/activities.js';
import { roleOf, type ExperimentOutcome, type ExperimentReport } from '../domain/tuning/experiment.js';
import type { TuneResult } from '../domain/results/tune-result.js';
import { readOutcome } from '../domain/results/outcome.schema.js';
import { isFailureCode, type FailureCode } from '../domain/failures.js';
import type { Reuse } from '../domain/reuse/reuse.js';
import type { Planned, TuningState } from '../domain/tuning/tuning-state.js';

/** An experiment that has a number and no outcome in this run. */
export interface OpenExperiment extends Planned {
  readonly started: boolean;
  /** Its own run, which may have ended after the tune's; null when there is none, or when it ended without an outcome. */
  readonly runId: string | null;
  /** Why it ended without an outcome, where that is known. */
  readonly code: FailureCode | null;
}

export interface RunHistory {
  readonly taskFile: unknown;
  readonly firstRunId: string;
  /** The run that this one continues; empty when it is the first. */
  readonly continuedRunId: string;
  readonly retry: RetryRequest | null;
  readonly end: 'none' | 'completed' | 'otherwise';
  /** What it returned, perhaps by another version; null unless it completed. */
  readonly result: Partial<TuneResult> | null;
  readonly outcomes: readonly ExperimentOutcome[];
  readonly open: readonly OpenExperiment[];
  /** What earlier tunes had learned when the tune began; null where nothing is reused. */
  readonly reuse: Reuse | null;
}

const EXPERIMENT = 'experimentWorkflow';

type Event = NonNullable<History['events']>[number];
type Payloads = Parameters<typeof decodeArrayFromPayloads>[1];
type Decode = (payloads: Payloads) => Promise<unknown[]>;
type Carried = { readonly state: TuningState } | null | undefined;

/** Reads one run. @param runId of this run. */
export async function readRun(client: Client, runId: string, { events: maybe }: History): Promise<RunHistory> {
  const events = maybe ?? [];
  const decode: Decode = (payloads) => decodeArrayFromPayloads(client.options.loadedDataConverter, payloads);
  const started = events[0]?.workflowExecutionStartedEventAttributes;
  const [taskFile, carried, retry] = await decode(started?.input?.payloads);

  const { results, children } = readChildren(events);
  const reports = await Promise.all(results.map(async (payloads) => (await decode(payloads))[0]));
  const outcomes = reports
    .map((report) => readOutcome((report as Partial<ExperimentReport> | null | undefined)?.outcome))
    .filter((outcome) => outcome !== null);
  const open: OpenExperiment[] = [];
  for (const { input, ...child } of children.values()) {
    const item = (await decode(input))[0] as Planned;
    const { experimentId, combination } = item;
    open.push({ experimentId, ...roleOf(item), combination, started: true, ...child });
  }
  const begun = new Set([...outcomes, ...open].map(({ experimentId }) => experimentId));
  const { planned, reuse } = await readAnswers(events, carried as Carried, decode);
  for (const item of planned)
    if (!begun.has(item.experimentId)) open.push({ ...item, started: false, runId: null, code: null });
  return {
    taskFile,
    firstRunId: started?.firstExecutionRunId || runId,
    continuedRunId: started?.continuedExecutionRunId ?? '',
    retry: (retry as RetryRequest | null | undefined) ?? null,
    end: endOf(events.at(-1)),
    result: await readResult(events.at(-1), decode),
    outcomes,
    open,
    reuse,
  };
}

/** Every combination that the run was given or suggested, with the number that the workflow gave it; and what it reuses. */
async function readAnswers(
  events: readonly Event[],
  carried: Carried,
  decode: Decode
): Promise<{ planned: Planned[]; reuse: Reuse | null }> {
  let reuse: Reuse | null = carried?.state.reuse ?? null;
  const planned = [...(carried?.state.planned ?? [])];
  let experimentId = carried?.state.nextExperimentId ?? 1;
  const names = new Map<string, string>();
  for (const { eventId, ...event } of events) {
    const scheduled = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (scheduled) names.set(String(eventId), scheduled);
    const completed = event.activityTaskCompletedEventAttributes;
    const name = completed && names.get(String(completed.scheduledEventId));
    if (!name || !['suggest', 'planFinals', 'openRetry', 'openTune'].includes(name)) continue;
    const [result] = await decode(completed.result?.payloads);
    if (name === 'openTune') {
      reuse = result as Reuse | null;
      continue;
    }
    if (name === 'openRetry') experimentId = (result as RetryStart).nextExperimentId;
    const { combinations = [] } = result as Partial<SuggestOutput>;
    for (const combination of combinations) planned.push({ experimentId: experimentId++, combination });
    const { experiments = [] } = result as Partial<FinalsOutput>;
    for (const item of experiments) planned.push({ experimentId: experimentId++, role: 'final', ...item });
  }
  return { planned, reuse };
}

interface Child {
  readonly input: Payloads;
  readonly runId: string | null;
  readonly code: FailureCode | null;
}

/** The results of experiments, and those that were started and gave none, by workflow id. */
function readChildren(events: readonly Event[]): { results: Payloads[]; children: Map<string, Child> } {
  const results: Payloads[] = [];
  const children = new Map<string, Child>();
  const note = (id: string | null | undefined, change: Partial<Child>): void => {
    const child = children.get(id ?? '');
    if (child) children.set(id ?? '', { ...child, ...change });
  };
  for (const event of events) {
    const initiated = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (initiated?.workflowType?.name === EXPERIMENT)
      children.set(initiated.workflowId ?? '', { input: initiated.input?.payloads, runId: null, code: null });
    const started = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    if (started) note(started.workflowId, { runId: started.runId ?? null });
    const completed = event.childWorkflowExecutionCompletedEventAttributes;
    if (completed && children.delete(completed.workflowExecution?.workflowId ?? ''))
      results.push(completed.result?.payloads);
    const failed = event.childWorkflowExecutionFailedEventAttributes;
    if (failed) note(failed.workflowExecution?.workflowId, { runId: null, code: codeOf(failed.failure) });
    const ended =
      event.childWorkflowExecutionCanceledEventAttributes ??
      event.childWorkflowExecutionTerminatedEventAttributes ??
      event.childWorkflowExecutionTimedOutEventAttributes;
    if (ended) note(ended.workflowExecution?.workflowId, { runId: null });
  }
  return { results, children };
}

interface CausedFailure {
  readonly applicationFailureInfo?: { readonly type?: string | null } | null;
  readonly cause?: CausedFailure | null;
}

/** The failure code in a chain of causes. */
function codeOf(failure: CausedFailure | null | undefined): FailureCode | null {
  for (let current = failure; current; current = current.cause) {
    const type = current.applicationFailureInfo?.type;
    if (isFailureCode(type)) return type;
  }
  return null;
}

async function readResult(last: Event | undefined, decode: Decode): Promise<Partial<TuneResult> | null> {
  const payloads = last?.workflowExecutionCompletedEventAttributes?.result?.payloads;
  return payloads ? ((await decode(payloads))[0] as Partial<TuneResult> | null) : null;
}

function endOf(last: Event | undefined): RunHistory['end'] {
  if (last?.workflowExecutionCompletedEventAttributes) return 'completed';
  const otherwise =
    last?.workflowExecutionFailedEventAttributes ??
    last?.workflowExecutionCanceledEventAttributes ??
    last?.workflowExecutionTerminatedEventAttributes ??
    last?.workflowExecutionTimedOutEventAttributes;
  return otherwise ? 'otherwise' : 'none';
}
