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
/** Activities whose answers say which experiments there will be, and what the tune reuses. */
const ANSWERS: ReadonlySet<string> = new Set(['suggest', 'planFinals', 'openRetry', 'openTune']);

type Event = NonNullable<History['events']>[number];
type Payloads = Parameters<typeof decodeArrayFromPayloads>[1];
type Carried = { readonly state: TuningState } | null | undefined;

/** Reads one run. @param runId of this run. */
export async function readRun(client: Client, runId: string, { events }: History): Promise<RunHistory> {
  const reading = new RunReading(client, runId);
  await reading.add(events ?? []);
  return reading.history();
}

interface Child {
  readonly planned: Planned;
  readonly runId: string | null;
  readonly code: FailureCode | null;
}

/** A run that is read as it goes on: it keeps what the events say, and not the events, of which there may be tens of thousands. */
export class RunReading {
  private taskFile: unknown = null;
  private firstRunId: string;
  private continuedRunId = '';
  private retry: RetryRequest | null = null;
  private end: RunHistory['end'] = 'none';
  private result: Partial<TuneResult> | null = null;
  private reuse: Reuse | null = null;
  private readonly outcomes: ExperimentOutcome[] = [];
  private readonly planned: Planned[] = [];
  /** Those that were started and gave no result, by workflow id. */
  private readonly children = new Map<string, Child>();
  /** Names of the activities whose results are read, by the event that scheduled them. */
  private readonly scheduled = new Map<string, string>();
  private nextExperimentId = 1;
  private successor: string | null = null;

  constructor(
    private readonly client: Client,
    private readonly runId: string
  ) {
    this.firstRunId = runId;
  }

  /** The run that goes on where this one ended; null while it goes on itself, or when it came to an end. */
  get continuedAs(): string | null {
    return this.successor;
  }

  /** How many experiments have an outcome in this run. */
  get finished(): number {
    return this.outcomes.length;
  }

  /** @param events the next ones, in their order. */
  async add(events: readonly Event[]): Promise<void> {
    for (const event of events) await this.addOne(event);
  }

  history(): RunHistory {
    const open: OpenExperiment[] = [...this.children.values()].map(({ planned: item, ...child }) => {
      const { experimentId, combination } = item;
      return { experimentId, ...roleOf(item), combination, started: true, ...child };
    });
    const begun = new Set([...this.outcomes, ...open].map(({ experimentId }) => experimentId));
    for (const item of this.planned)
      if (!begun.has(item.experimentId)) open.push({ ...item, started: false, runId: null, code: null });
    const { taskFile, firstRunId, continuedRunId, retry, end, result, reuse } = this;
    return { taskFile, firstRunId, continuedRunId, retry, end, result, reuse, outcomes: [...this.outcomes], open };
  }

  private async addOne(event: Event): Promise<void> {
    const started = event.workflowExecutionStartedEventAttributes;
    if (started) {
      const [taskFile, carried, retry] = await this.decode(started.input?.payloads);
      this.taskFile = taskFile;
      this.retry = (retry as RetryRequest | null | undefined) ?? null;
      this.firstRunId = started.firstExecutionRunId || this.runId;
      this.continuedRunId = started.continuedExecutionRunId ?? '';
      const state = (carried as Carried)?.state;
      this.reuse = state?.reuse ?? null;
      this.planned.push(...(state?.planned ?? []));
      this.nextExperimentId = state?.nextExperimentId ?? 1;
    }
    await this.noteActivity(event);
    await this.noteChild(event);
    await this.noteEnd(event);
  }

  /** Every combination that the run was given or suggested, with the number that the workflow gave it; and what it reuses. */
  private async noteActivity({ eventId, ...event }: Event): Promise<void> {
    const activity = event.activityTaskScheduledEventAttributes?.activityType?.name;
    if (activity && ANSWERS.has(activity)) this.scheduled.set(String(eventId), activity);
    const completed = event.activityTaskCompletedEventAttributes;
    const name = completed && this.scheduled.get(String(completed.scheduledEventId));
    if (!name) return;
    this.scheduled.delete(String(completed.scheduledEventId));
    const [result] = await this.decode(completed.result?.payloads);
    if (name === 'openTune') {
      this.reuse = result as Reuse | null;
      return;
    }
    if (name === 'openRetry') this.nextExperimentId = (result as RetryStart).nextExperimentId;
    const { combinations = [] } = result as Partial<SuggestOutput>;
    for (const combination of combinations) this.planned.push({ experimentId: this.nextExperimentId++, combination });
    const { experiments = [] } = result as Partial<FinalsOutput>;
    for (const item of experiments)
      this.planned.push({ experimentId: this.nextExperimentId++, role: 'final', ...item });
  }

  private async noteChild(event: Event): Promise<void> {
    const initiated = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (initiated?.workflowType?.name === EXPERIMENT) {
      const planned = (await this.decode(initiated.input?.payloads))[0] as Planned;
      this.children.set(initiated.workflowId ?? '', { planned, runId: null, code: null });
    }
    const started = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    if (started) this.note(started.workflowId, { runId: started.runId ?? null });
    const completed = event.childWorkflowExecutionCompletedEventAttributes;
    if (completed && this.children.delete(completed.workflowExecution?.workflowId ?? '')) {
      const [report] = await this.decode(completed.result?.payloads);
      const outcome = readOutcome((report as Partial<ExperimentReport> | null | undefined)?.outcome);
      if (outcome) this.outcomes.push(outcome);
    }
    const failed = event.childWorkflowExecutionFailedEventAttributes;
    if (failed) this.note(failed.workflowExecution?.workflowId, { runId: null, code: codeOf(failed.failure) });
    const ended =
      event.childWorkflowExecutionCanceledEventAttributes ??
      event.childWorkflowExecutionTerminatedEventAttributes ??
      event.childWorkflowExecutionTimedOutEventAttributes;
    if (ended) this.note(ended.workflowExecution?.workflowId, { runId: null });
  }

  private note(id: string | null | undefined, change: Partial<Child>): void {
    const child = this.children.get(id ?? '');
    if (child) this.children.set(id ?? '', { ...child, ...change });
  }

  private async noteEnd(event: Event): Promise<void> {
    const completed = event.workflowExecutionCompletedEventAttributes;
    const otherwise =
      event.workflowExecutionFailedEventAttributes ??
      event.workflowExecutionCanceledEventAttributes ??
      event.workflowExecutionTerminatedEventAttributes ??
      event.workflowExecutionTimedOutEventAttributes;
    if (otherwise) this.end = 'otherwise';
    this.successor = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? this.successor;
    if (!completed) return;
    this.end = 'completed';
    const payloads = completed.result?.payloads;
    this.result = payloads ? ((await this.decode(payloads))[0] as Partial<TuneResult> | null) : null;
  }

  private decode(payloads: Payloads): Promise<unknown[]> {
    return decodeArrayFromPayloads(this.client.options.loadedDataConverter, payloads);
  }
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
