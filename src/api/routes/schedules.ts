import { saidSchema } from '../../contracts/http/common.js';
import {
  createScheduleSchema,
  scheduleDetailSchema,
  schedulePageSchema,
  type Schedule,
  type ScheduleDetail,
} from '../../contracts/http/schedules.js';
import type { Schedules, TuneScheduleDetail, TuneScheduleInfo } from '../../client/index.js';
import { taskNameOf } from '../../domain/names.js';
import { z } from 'zod';
import type { ApiContext } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { ApiError } from '../problem.js';
import { readTask } from '../task-input.js';
import { timeOf } from '../views/time.js';
import { idParams } from './params.js';
import { pageQuery } from '../../contracts/http/common.js';

const ACTS: readonly (readonly [string, string, (schedules: Schedules, id: string) => Promise<unknown>, string])[] = [
  ['pause', 'Start no further tunes until resumed.', (schedules, id) => schedules.pause(id), 'paused'],
  ['resume', 'Go on after a pause.', (schedules, id) => schedules.resume(id), 'resumed'],
  ['trigger', 'Start a tune now.', (schedules, id) => schedules.trigger(id), 'a tune is started'],
];

/** Recurring tunes; a schedule is known by its task's name. */
export function scheduleRoutes({ schedules }: ApiContext): Endpoint[] {
  const tag = 'schedules';
  return [
    endpoint({
      ...{ method: 'GET', path: '/api/v1/schedules', access: 'read', tag },
      summary: 'Schedules of tunes, by name.',
      query: z.object(pageQuery),
      answer: schedulePageSchema,
      handle: async ({ query: { cursor, limit } }) => {
        const all: Schedule[] = [];
        for await (const info of schedules.list()) all.push(scheduleView(info));
        all.sort((a, b) => (a.id < b.id ? -1 : 1));
        // Names are their own cursor.
        const rest = cursor === undefined ? all : all.filter(({ id }) => id > cursor);
        const items = rest.slice(0, limit);
        return { items, next: items.length < rest.length ? (items.at(-1)?.id ?? null) : null };
      },
    }),
    endpoint({
      ...{ method: 'POST', path: '/api/v1/schedules', access: 'write', tag },
      summary: 'Tune a task again and again.',
      status: 201,
      body: createScheduleSchema,
      answer: scheduleDetailSchema,
      handle: async ({ body: { cron, everySeconds, overlap, paused, ...input }, reply }) => {
        if ((cron === undefined) === (everySeconds === undefined))
          throw new ApiError('invalid-request', 'Say when: either `cron` or `everySeconds`.');
        const { file } = readTask(input);
        await schedules.create({
          file,
          ...(cron === undefined ? { everyMs: (everySeconds ?? 0) * 1000 } : { cron }),
          ...(overlap === undefined ? {} : { overlap }),
          ...(paused === undefined ? {} : { paused }),
        });
        void reply.header('location', `/api/v1/schedules/${encodeURIComponent(file.task_name)}`);
        return scheduleDetail(await schedules.get(file.task_name));
      },
    }),
    endpoint({
      ...{ method: 'GET', path: '/api/v1/schedules/:id', access: 'read', tag },
      summary: 'One schedule with its times and its task.',
      params: idParams,
      answer: scheduleDetailSchema,
      handle: async ({ params }) => scheduleDetail(await schedules.get(params.id)),
    }),
    endpoint({
      ...{ method: 'DELETE', path: '/api/v1/schedules/:id', access: 'write', tag },
      summary: 'Remove it; tunes that it has started go on.',
      params: idParams,
      answer: saidSchema,
      handle: async ({ params }) => {
        await schedules.delete(params.id);
        return { message: 'deleted' };
      },
    }),
    ...ACTS.map(([name, summary, act, message]) =>
      endpoint({
        ...{ method: 'POST', path: `/api/v1/schedules/:id/${name}`, access: 'write', tag, summary },
        params: idParams,
        answer: saidSchema,
        handle: async ({ params }) => {
          await act(schedules, params.id);
          return { message };
        },
      })
    ),
  ];
}

function scheduleView(info: TuneScheduleInfo): Schedule {
  return {
    id: info.taskName,
    scheduleId: info.id,
    taskName: info.taskName,
    paused: info.paused,
    note: info.note,
    nextAt: info.paused ? [] : info.upcoming.map(timeOf),
    recent: info.recent.map(({ at, workflowId }) => ({ at: timeOf(at), tune: workflowId && taskNameOf(workflowId) })),
  };
}

function scheduleDetail(info: TuneScheduleDetail): ScheduleDetail {
  const { cron, everyMs, overlap, taskFile } = info;
  return {
    ...scheduleView(info),
    cron: cron === null ? [] : [cron],
    everySeconds: everyMs === null ? null : everyMs / 1000,
    overlap,
    task: typeof taskFile === 'object' && taskFile !== null ? { ...taskFile } : null,
  };
}
