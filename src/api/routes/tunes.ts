import type { z } from 'zod';
import {
  idempotencyKeySchema,
  runQuery,
  startedTuneSchema,
  startTuneSchema,
  tuneListQuery,
  tunePageSchema,
  tuneViewSchema,
  type StartedTune,
  type TunePage,
} from '../../contracts/http/tunes.js';
import type { TuneInfo } from '../../client/index.js';
import { tuneWorkflowId } from '../../domain/names.js';
import { parseTask } from '../../domain/task/parse-task.js';
import { withOptions } from '../../domain/task/task-options.js';
import type { TaskFile } from '../../domain/task/task.schema.js';
import { TaskFileError } from '../../platform/task-file.js';
import type { ApiContext } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { readTask } from '../task-input.js';
import { summaryOf } from '../views/tune-summary.js';
import { tuneParams } from './params.js';

export function tuneRoutes(context: ApiContext): Endpoint[] {
  const { reader } = context;
  return [
    endpoint({
      method: 'GET',
      path: '/api/v1/tunes',
      access: 'read',
      tag: 'tunes',
      summary: 'Tunes, the latest first.',
      query: tuneListQuery,
      answer: tunePageSchema,
      handle: ({ query }) => listTunes(context, query),
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/tunes',
      access: 'write',
      tag: 'tunes',
      summary: 'Start a tune. With an Idempotency-Key it is started once, however often this is sent.',
      status: 201,
      headers: { 'idempotency-key': 'Any text of up to 200 characters that no other start has.' },
      body: startTuneSchema,
      answer: startedTuneSchema,
      handle: async ({ body: { options, ...input }, request, reply }) => {
        const { file } = readTask(input);
        const { direct = false, aa, reuse = true } = options ?? {};
        const wanted = checked(withOptions(file, { direct, reuse, ...(aa === undefined ? {} : { aa }) }));
        const header = request.headers['idempotency-key'];
        const key = header === undefined ? null : idempotencyKeySchema.parse(header);
        const { started, again } = await startTune(context, wanted, key);
        void reply.header('location', `/api/v1/tunes/${encodeURIComponent(started.tune.id)}`);
        if (again) void reply.header('idempotency-replayed', 'true').code(200);
        return started;
      },
    }),
    endpoint({
      method: 'GET',
      path: '/api/v1/tunes/:id',
      access: 'read',
      tag: 'tunes',
      summary: 'A tune as it is now.',
      params: tuneParams,
      query: runQuery,
      answer: tuneViewSchema,
      handle: async ({ params, query }) => {
        const tune = await reader.find(params.id, query.run);
        return reader.view(tune, await reader.look(tune));
      },
    }),
  ];
}

/** The options may not go with the task: an A/A needs a baseline. @throws TaskFileError. */
function checked(file: TaskFile): TaskFile {
  const parsed = parseTask(file);
  if ('issues' in parsed) throw new TaskFileError('task.yaml', parsed.issues);
  return file;
}

async function startTune(
  { reader, keys }: ApiContext,
  file: TaskFile,
  key: string | null
): Promise<{ started: StartedTune; again: boolean }> {
  const workflowId = tuneWorkflowId(file.task_name);
  const start = async (memo?: Record<string, string>): Promise<{ workflowId: string; runId: string }> =>
    (await reader.tunes.start(file, memo ? { memo } : {})).describe();
  const found =
    key === null
      ? { ...(await start()), again: false }
      : await keys.once({ key, body: file, workflowId, taskName: file.task_name }, start);
  const [info, hasWorkers] = await Promise.all([
    // Of a start that is asked for again much later, there may be a later run.
    reader.tunes.get(found.workflowId, found.again ? found.runId : undefined).then((tune) => tune.describe()),
    reader.tunes.hasWorkers(),
  ]);
  return { started: { tune: summaryOf(info, reader.ui), hasWorkers }, again: found.again };
}

/** Pages of Temporal's list that are looked through for parts of words at one request. */
const MOST_PAGES = 10;

async function listTunes(
  { reader }: ApiContext,
  { search, limit, ...query }: z.output<typeof tuneListQuery>
): Promise<TunePage> {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ workflowId, taskName, model, engine }: TuneInfo): boolean => {
    const text = [workflowId, taskName, model, engine].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const items: TuneInfo[] = [];
  let cursor = query.cursor;
  for (let page = 0; page < MOST_PAGES; page++) {
    // A page is taken whole: nothing of it may be lost between two cursors.
    const { items: found, next } = await reader.tunes.page({ ...query, limit, cursor });
    items.push(...(words.length > 0 ? found.filter(matches) : found));
    cursor = next ?? undefined;
    if (next === null || words.length === 0 || items.length >= limit) break;
  }
  return { items: items.map((info) => summaryOf(info, reader.ui)), next: cursor ?? null };
}
