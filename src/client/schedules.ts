/** Recurring tunes, and the reaper: both are Temporal Schedules. */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleSpec,
} from '@temporalio/client';
import { TUNE_TASK_TIMEOUT } from '../contracts/policies.js';
import { CONTROL_QUEUE } from '../contracts/task-queues.js';
import { tuneWorkflowId } from '../domain/names.js';
import type { TaskFile } from '../domain/task/task.schema.js';

/** What happens when a tune is due while the last one still runs. */
export const OVERLAPS = {
  skip: ScheduleOverlapPolicy.SKIP,
  buffer: ScheduleOverlapPolicy.BUFFER_ONE,
  cancel: ScheduleOverlapPolicy.CANCEL_OTHER,
} as const;
export type Overlap = keyof typeof OVERLAPS;

export interface TuneScheduleOptions {
  readonly file: TaskFile;
  /** Five fields, or `@daily` and the like; UTC unless `CRON_TZ=` says otherwise. */
  readonly cron?: string;
  /** Milliseconds between two starts. */
  readonly everyMs?: number;
  /** Default: skip. Two tunes on the same accelerators would wait for each other anyway. */
  readonly overlap?: Overlap;
  readonly paused?: boolean;
}

export interface TuneScheduleInfo {
  readonly id: string;
  readonly paused: boolean;
  readonly note: string;
  readonly nextAt: Date | null;
  readonly lastAt: Date | null;
  readonly taskName: string;
  /** The next times, the soonest first. */
  readonly upcoming: readonly Date[];
  /** What it has started lately, the latest first. */
  readonly recent: readonly { readonly at: Date; readonly workflowId: string | null }[];
}

/** One schedule, with what a list does not tell. */
export interface TuneScheduleDetail extends TuneScheduleInfo {
  /** As it was given; null where it was not, or by an earlier version. */
  readonly cron: string | null;
  readonly everyMs: number | null;
  readonly overlap: Overlap | null;
  readonly taskFile: unknown;
}

/** A schedule of this id exists, or there is none, or Temporal refuses its times. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
  constructor(
    readonly reason: 'exists' | 'missing' | 'refused',
    message: string,
    options?: ErrorOptions
  ) {
    super(message, options);
  }
}

const PREFIX = 'tune-';
const CRON_MEMO = 'cron';
const REAPER_PREFIX = 'autotuner-reaper-';
const REAP_EVERY = '5 minutes';

/** Schedules of tunes; each is known by its task's name. */
export class Schedules {
  constructor(private readonly client: Client) {}

  /** @returns the schedule's id. @throws ScheduleError. */
  async create({ file, cron, everyMs, overlap = 'skip', paused = false }: TuneScheduleOptions): Promise<string> {
    const spec: ScheduleSpec = cron ? { cronExpressions: [cron] } : { intervals: [{ every: everyMs ?? 0 }] };
    const scheduleId = PREFIX + file.task_name;
    try {
      await this.client.schedule.create({
        scheduleId,
        spec,
        action: {
          type: 'startWorkflow',
          workflowType: 'tuneWorkflow',
          workflowId: tuneWorkflowId(file.task_name),
          taskQueue: CONTROL_QUEUE,
          workflowTaskTimeout: TUNE_TASK_TIMEOUT,
          args: [file],
        },
        policies: { overlap: OVERLAPS[overlap], catchupWindow: '10 minutes' },
        state: { paused },
        // Temporal keeps what an expression means, and not the expression.
        ...(cron ? { memo: { [CRON_MEMO]: cron } } : {}),
      });
      return scheduleId;
    } catch (error) {
      if (error instanceof ScheduleAlreadyRunning) {
        const message = `'${file.task_name}' has a schedule already: delete it first`;
        throw new ScheduleError('exists', message, { cause: error });
      }
      const { cause } = error as Error;
      throw new ScheduleError('refused', cause instanceof Error ? cause.message : String(error), { cause: error });
    }
  }

  async *list(): AsyncGenerator<TuneScheduleInfo> {
    for await (const { scheduleId, state, info } of this.client.schedule.list()) {
      if (!scheduleId.startsWith(PREFIX)) continue;
      yield scheduleInfo(scheduleId, state, info);
    }
  }

  /** One of them, with its times and its task. @throws ScheduleError. */
  async get(task: string): Promise<TuneScheduleDetail> {
    const description = await this.on(task, (handle) => handle.describe());
    const { scheduleId, state, info, spec, policies, action, memo } = description;
    const cron = memo?.[CRON_MEMO];
    const overlap = Object.entries(OVERLAPS).find(([, policy]) => policy === policies.overlap)?.[0];
    return {
      ...scheduleInfo(scheduleId, state, info),
      cron: typeof cron === 'string' ? cron : null,
      everyMs: spec.intervals?.[0] ? Number(spec.intervals[0].every) : null,
      overlap: (overlap as Overlap | undefined) ?? null,
      taskFile: action.args?.[0] ?? null,
    };
  }

  pause(task: string): Promise<void> {
    return this.on(task, (handle) => handle.pause('paused with autotuner'));
  }

  resume(task: string): Promise<void> {
    return this.on(task, (handle) => handle.unpause('resumed with autotuner'));
  }

  /** Starts a tune now. */
  trigger(task: string): Promise<void> {
    return this.on(task, (handle) => handle.trigger());
  }

  /** Ends no tune that it has started. */
  delete(task: string): Promise<void> {
    return this.on(task, (handle) => handle.delete());
  }

  private async on<T>(
    task: string,
    act: (handle: ReturnType<Client['schedule']['getHandle']>) => Promise<T>
  ): Promise<T> {
    try {
      return await act(this.client.schedule.getHandle(task.startsWith(PREFIX) ? task : PREFIX + task));
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      throw new ScheduleError(
        'missing',
        `'${task}' has no schedule: 'autotuner schedule list' shows those that there are`
      );
    }
  }
}

interface Known {
  readonly nextActionTimes: readonly Date[];
  readonly recentActions: readonly {
    readonly takenAt: Date;
    readonly action: { readonly type: string; readonly workflow?: { readonly workflowId: string } };
  }[];
}

function scheduleInfo(
  id: string,
  state: { paused: boolean; note?: string | undefined },
  info: Known
): TuneScheduleInfo {
  const recent = info.recentActions.map(({ takenAt, action }) => ({
    at: takenAt,
    workflowId: action.workflow?.workflowId ?? null,
  }));
  return {
    id,
    taskName: id.slice(PREFIX.length),
    paused: state.paused,
    note: state.note ?? '',
    nextAt: info.nextActionTimes[0] ?? null,
    lastAt: info.recentActions.at(-1)?.takenAt ?? null,
    upcoming: info.nextActionTimes,
    recent: recent.reverse(),
  };
}

/** Makes sure that a host's reaper runs every five minutes. Idempotent: every start of the host's worker calls it. */
export async function ensureReaper(client: Client, hostId: string): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: REAPER_PREFIX + hostId,
      spec: { intervals: [{ every: REAP_EVERY }] },
      action: {
        type: 'startWorkflow',
        workflowType: 'reapOrphansWorkflow',
        workflowId: `reap/${hostId}`,
        taskQueue: CONTROL_QUEUE,
        args: [{ hostId }],
      },
      // What was missed while everything was down is not made up for: one look is enough.
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
