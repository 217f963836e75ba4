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
}

/** A schedule of this id exists, or there is none, or Temporal refuses its times. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

const PREFIX = 'tune-';
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
      });
      return scheduleId;
    } catch (error) {
      if (error instanceof ScheduleAlreadyRunning) {
        throw new ScheduleError(`'${file.task_name}' has a schedule already: delete it first`, { cause: error });
      }
      const { cause } = error as Error;
      throw new ScheduleError(cause instanceof Error ? cause.message : String(error), { cause: error });
    }
  }

  async *list(): AsyncGenerator<TuneScheduleInfo> {
    for await (const { scheduleId, state, info } of this.client.schedule.list()) {
      if (!scheduleId.startsWith(PREFIX)) continue;
      yield {
        id: scheduleId,
        paused: state.paused,
        note: state.note ?? '',
        nextAt: info.nextActionTimes[0] ?? null,
        lastAt: info.recentActions.at(-1)?.takenAt ?? null,
      };
    }
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

  private async on(
    task: string,
    act: (handle: ReturnType<Client['schedule']['getHandle']>) => Promise<unknown>
  ): Promise<void> {
    try {
      await act(this.client.schedule.getHandle(task.startsWith(PREFIX) ? task : PREFIX + task));
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      throw new ScheduleError(`'${task}' has no schedule: 'autotuner schedule list' shows those that there are`);
    }
  }
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
