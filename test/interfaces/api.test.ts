/** The HTTP API before a real Temporal server and a worker with stub engines. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import WebSocket from 'ws';
import type { z } from 'zod';
import type {
  ExperimentDetail,
  ExperimentPage,
  HistoryEntryView,
  HistoryPageView,
  Launch,
  Plan,
  Problem,
  Retried,
  Schedule,
  StartedTune,
  TuneEvent,
  TrendView,
  TunePage,
  TuneView,
} from '../../src/contracts/http/index.js';
import {
  historyEntrySchema,
  noiseSchema,
  tuneEventSchema,
  tunesEventSchema,
  tuneViewSchema,
} from '../../src/contracts/http/index.js';
import { outlineOf } from '../../src/domain/results/read-columns.js';
import type { ResultColumns } from '../../src/domain/results/result-columns.schema.js';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import { chartsOf } from '../../src/report/charts/index.js';
import { loadTaskFile } from '../../src/platform/task-file.js';
import { EventStream } from '../support/event-stream.js';
import { World, type StubTask } from '../support/world.js';

let world: World;
let base: string;
beforeAll(async () => {
  world = await World.running();
  const { host, port } = await world.startApi();
  base = `http://${host}:${port}`;
});
afterAll(() => world?.close());

interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

async function ask<T>(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {}
): Promise<Answer<T>> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetch(`${base}${path}`, { method, headers: { ...type, ...headers }, ...sent });
  const text = await response.text();
  const isJson = text !== '' && (response.headers.get('content-type')?.includes('json') ?? false);
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
}
const get = async <T>(path: string): Promise<T> => (await ask<T>('GET', `/api/v1${path}`)).body;
const post = <T>(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Answer<T>> =>
  ask<T>('POST', `/api/v1${path}`, body, headers);

async function start(name: string, task: StubTask = {}): Promise<Answer<StartedTune>> {
  const { file } = await loadTaskFile(await world.task(name, task));
  return post<StartedTune>('/tunes', { task: file });
}
const untilView = (name: string, holds: (view: TuneView) => boolean, what: string): Promise<TuneView> =>
  world.until(async () => {
    const view = await get<TuneView>(`/tunes/${name}`);
    return holds(view) && view;
  }, what);
const untilEnded = (name: string): Promise<TuneView> =>
  untilView(name, ({ info }) => info.closedAt !== null, `${name} has ended`);

describe('a tune from beginning to end', () => {
  it('is started, watched, listed, and tells what it has found', async () => {
    const { status, body } = await start('whole', { parameters: { depth: { type: 'choice', values: [1, 2, 4] } } });
    expect([status, body.tune.id, body.hasWorkers]).toEqual([201, 'whole', true]);
    const events = await EventStream.open<TuneEvent>(`${base}/api/v1/tunes/whole/events`);
    const view = await untilEnded('whole');
    expect(tuneViewSchema.strict().parse(view)).toEqual(view);
    expect(view).toMatchObject({
      ...{ phase: 'done', finished: 3, countWords: '3 of up to 3', running: [], hasWorker: true, eta: null },
      ...{ ended: { reason: 'space_exhausted' }, best: { isBest: true, status: 'succeeded' }, actions: [] },
      info: { status: 'completed', taskName: 'whole', engine: 'command', backend: 'process' },
    });

    await world.until(
      () => Promise.resolve(stateOf(events.events.map(({ data }) => data))?.info.closedAt),
      'all is told'
    );
    for (const { data, id, type } of events.events) {
      expect(tuneEventSchema.parse(data)).toEqual(data);
      expect([data.id, data.type]).toEqual([id, type]);
    }
    // What was told piece by piece is what there is.
    const told = stateOf(events.events.map(({ data }) => data));
    expect({ ...told, spending: null, eta: null }).toEqual({ ...view, spending: null, eta: null });
    const rows = events.events.flatMap(({ data }) => (data.type === 'experiment' ? [data.row.experimentId] : []));
    expect(new Set(rows)).toEqual(new Set([1, 2, 3]));
    const phases = events.events.flatMap(({ data }) =>
      data.type === 'changed' ? (data.fields.running ?? []).map(({ phase }) => phase) : []
    );
    expect(phases).toEqual(expect.arrayContaining(['starting', 'benchmarking']));
    await events.close();

    const { items } = await world.until(async () => {
      const page = await get<TunePage>('/tunes?task=whole&status=completed');
      return page.items.length > 0 && page;
    }, 'the list has it');
    expect(items).toEqual([expect.objectContaining({ id: 'whole', status: 'completed' })]);
    expect((await get<TunePage>('/tunes?search=WHO')).items).toHaveLength(1);
    expect((await get<TunePage>('/tunes?search=nowhere')).items).toEqual([]);
  });

  it('shows its experiments, page by page, and each of them', async () => {
    const first = await get<ExperimentPage>('/tunes/whole/experiments?limit=2&sort=score');
    const second = await get<ExperimentPage>(`/tunes/whole/experiments?limit=2&sort=score&cursor=${first.next}`);
    expect([first.items.length, second.items.length, second.next]).toEqual([2, 1, null]);
    const scores = [...first.items, ...second.items].map(({ score }) => score ?? NaN);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));

    const detail = await get<ExperimentDetail>('/tunes/whole/experiments/2');
    expect(detail).toMatchObject({
      ...{ tune: 'whole', row: { experimentId: 2, status: 'succeeded' }, running: null },
      result: { status: 'success', loads: [{ ttft_s: { p99: expect.any(Number) } }] },
      difference: [{ parameter: 'depth', value: 2, baseline: null }],
      command: expect.stringContaining('stub-engine'),
    });
    expect(detail.logs.map(({ kind }) => kind)).toContain('engine');
    const log = await ask<string>('GET', detail.logs[0]?.path ?? '');
    expect(log.headers.get('content-type')).toContain('text/plain');
    expect(log.body.length).toBeGreaterThan(0);
    expect((await ask('GET', '/api/v1/tunes/whole/experiments/9')).status).toBe(404);
    expect((await ask('GET', '/api/v1/tunes/whole/experiments/9/logs/engine')).status).toBe(404);
  });

  it('gives its results as the command line does, and as a table', async () => {
    const results = await get<ResultsFile>('/tunes/whole/results');
    const { stdout } = await world.cli('results', 'whole', '--json');
    expect(results).toEqual(JSON.parse(stdout));
    const csv = await ask<string>('GET', '/api/v1/tunes/whole/results.csv');
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="whole_results.csv"');
    expect(csv.body.split('\n')).toHaveLength(5);
    const once = await ask('GET', '/api/v1/tunes/whole/results');
    const again = await ask('GET', '/api/v1/tunes/whole/results', undefined, {
      'if-none-match': once.headers.get('etag') ?? '',
    });
    expect(again.status).toBe(304);
  });

  it('gives what is drawn of them as columns, in a small part of the size', async () => {
    const results = await get<ResultsFile>('/tunes/whole/results');
    const columns = await get<ResultColumns>('/tunes/whole/columns');
    expect(chartsOf(outlineOf(columns)).map(({ id }) => id)).toEqual(chartsOf(results).map(({ id }) => id));
    expect(outlineOf(columns)).toMatchObject({ answer: results.answer, verdict: results.verdict });
    // Numbers lose what a picture cannot show.
    expect(outlineOf(columns).best_result?.objective_score).toBeCloseTo(results.best_result?.objective_score ?? NaN, 5);
    const { headers } = await ask('GET', '/api/v1/tunes/whole/columns');
    const again = await ask('GET', '/api/v1/tunes/whole/columns', undefined, {
      'if-none-match': `W/${headers.get('etag')}`,
    });
    expect(again.status).toBe(304);
  });

  it('is no other workflow', async () => {
    for (const id of ['whole%2F1', 'whole%2F1?run=x', 'nothing'])
      expect([id, (await ask('GET', `/api/v1/tunes/${id}`)).status]).toEqual([id, 404]);
  });

  it('makes its report, and says how to run the best', async () => {
    const page = await ask<string>('GET', '/api/v1/tunes/whole/report.html');
    expect(page.body).toMatch(/^<!doctype html>/i);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-.*sandbox$/);
    expect((await ask<string>('GET', '/api/v1/tunes/whole/report.md')).body).toContain('# ');
    const { experimentId, forms } = await get<Launch>('/tunes/whole/launch');
    expect(experimentId).toBe((await get<TuneView>('/tunes/whole')).best?.experimentId);
    expect(forms.map(({ form }) => form)).toContain('measured');
    expect((await ask('GET', '/api/v1/tunes/whole/launch?experiment=99')).status).toBe(404);
    // Nobody knows an image of a command of one's own.
    expect((await ask('GET', '/api/v1/tunes/whole/experiments/1/manifest')).status).toBe(404);
  });

  it('is in the history', async () => {
    const { items } = await world.until(async () => {
      const page = await get<HistoryPageView>('/history?task=whole');
      return page.items.length > 0 && page;
    }, 'it is there');
    const [entry] = items;
    expect(historyEntrySchema.strict().parse(entry)).toEqual(entry);
    const { runId } = entry as HistoryEntryView;
    expect(await get<ResultsFile>(`/history/${runId}`)).toMatchObject({ task_name: 'whole', total_experiments: 3 });
    expect(await get<TrendView>('/history/trends/whole')).toMatchObject({
      taskName: 'whole',
      points: [{ entry: { runId } }],
    });
    expect(noiseSchema.strict().parse(await get('/history/noise'))).toHaveProperty('hosts');
    expect(await get('/history/status')).toMatchObject({ kind: 'pglite', isOpen: true, problem: null });
    expect((await ask('GET', '/api/v1/history/absent')).status).toBe(404);
    expect((await ask('GET', `/api/v1/history/compare?runs=${runId}`)).status).toBe(400);
  });

  it('counts for Prometheus', async () => {
    const { body } = await ask<string>('GET', '/metrics');
    expect(body).toContain('autotuner_tune_running{task="whole"} 0');
    expect(body).toContain('autotuner_experiments{task="whole",outcome="succeeded",role="search"} 3');
    expect(body).toMatch(/autotuner_phase_seconds\{task="whole",phase="benchmarking"\} [\d.]+/);
    expect(body).toMatch(/autotuner_best_metric\{task="whole",metric="ttft"\} [\d.]+/);
  });
});

describe('a tune that is steered', () => {
  it('pauses, resumes, is extended and stops', async () => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    await start('steered', {
      parameters: { depth: { type: 'choice', values } },
      optimization: { strategy: 'grid_search', max_iterations: 3 },
      stub: { seconds: 0.2 },
    });
    await untilView('steered', ({ running }) => running.length > 0, 'it runs');
    expect(await post('/tunes/steered/pause')).toMatchObject({ status: 200, body: { message: expect.any(String) } });
    const paused = await untilView(
      'steered',
      ({ phase, running }) => phase === 'paused' && running.length === 0,
      'it rests'
    );
    expect(paused.actions).toEqual(['resume', 'stop', 'extend', 'cancel']);
    expect((await post<Problem>('/tunes/steered/retry-failed')).body).toMatchObject({
      status: 409,
      code: 'already-running',
    });
    expect((await start('steered')).status).toBe(409);
    expect(await post('/tunes/steered/extend', { iterations: 4 })).toMatchObject({ status: 200 });
    expect((await get<TuneView>('/tunes/steered')).counts.most).toBe(7);
    expect(await post('/tunes/steered/resume')).toMatchObject({ status: 200 });
    await untilView('steered', ({ finished }) => finished >= 2, 'it goes on');
    expect(await post('/tunes/steered/stop')).toMatchObject({ status: 200 });
    const ended = await untilEnded('steered');
    expect(ended.ended?.reason).toBe('stopped');
    expect((await post<Problem>('/tunes/steered/pause')).body).toMatchObject({ status: 409, code: 'refused' });
  });

  it('is cancelled, and what failed or was lost is run again under the same stream', async () => {
    await start('cancelled', { parameters: { depth: { type: 'choice', values: [1, 2] } }, stub: { seconds: 2 } });
    await untilView('cancelled', ({ running }) => running.length > 0, 'it runs');
    const events = await EventStream.open<TuneEvent>(`${base}/api/v1/tunes/cancelled/events`);
    expect(await post('/tunes/cancelled/cancel')).toMatchObject({ status: 200 });
    const ended = await untilEnded('cancelled');
    expect(ended).toMatchObject({ info: { status: 'cancelled' }, actions: ['retry-failed'] });
    const dry = await post<Retried>('/tunes/cancelled/retry-failed', { dryRun: true });
    expect(dry.body).toMatchObject({ started: false, again: expect.arrayContaining([expect.anything()]) });
    const { body } = await post<Retried>('/tunes/cancelled/retry-failed');
    expect(body).toMatchObject({ started: true });
    const snapshots = (): string[] =>
      events.events.flatMap(({ data }) => (data.type === 'snapshot' ? [data.view.info.runId] : []));
    await world.until(() => Promise.resolve(new Set(snapshots()).size === 2), 'the stream goes on with the new run');
    const earlier = await get<TuneView>(`/tunes/cancelled?run=${ended.info.runId}`);
    expect(earlier.info).toMatchObject({ runId: ended.info.runId, status: 'cancelled' });
    await untilEnded('cancelled');
    await events.close();
  });

  it('that fails says why, with the next step', async () => {
    await start('failing', { engine: ['--exit-at-start', '3'] });
    const { counts, failures } = await untilEnded('failing');
    expect(counts.failed).toBeGreaterThan(0);
    expect(Object.keys(failures)).toHaveLength(1);
    const [row] = (await get<ExperimentPage>('/tunes/failing/experiments?status=failed')).items;
    const detail = await get<ExperimentDetail>(`/tunes/failing/experiments/${row?.experimentId}`);
    expect(detail.result?.failure).toMatchObject({ code: row?.failure?.code, next_step: expect.any(String) });
    expect((await get<TuneView>('/tunes/failing')).actions).toEqual(['retry-failed']);
  });
});

describe('streams', () => {
  it('lose nothing, however often they break', async () => {
    const values = [1, 2, 3, 4, 5];
    await start('broken', { parameters: { depth: { type: 'choice', values } }, stub: { seconds: 0.1 } });
    const url = `${base}/api/v1/tunes/broken/events`;
    const steady = await EventStream.open<TuneEvent>(url);
    const seen: TuneEvent[] = [];
    let lastId: string | undefined;
    let breaks = 0;
    while (stateOf(seen)?.info.closedAt == null) {
      const stream = await EventStream.open<TuneEvent>(url, lastId);
      const count = stream.events.length;
      await world
        .until(() => Promise.resolve(stream.events.length > count || stream.hasEnded), 'an event', 20_000)
        .catch(() => undefined);
      await stream.close();
      seen.push(...stream.events.map(({ data }) => data));
      lastId = stream.lastId || lastId;
      breaks++;
    }
    await world.until(() => Promise.resolve(steady.lastId === lastId), 'the steady stream is there, too');
    expect(breaks).toBeGreaterThan(3);
    expect(seen.filter(({ type }) => type === 'snapshot')).toHaveLength(1);
    expect(seen).toEqual(steady.events.map(({ data }) => data));
    await steady.close();
  });

  it('come over WebSocket, to our own pages alone', async () => {
    const url = `${base.replace('http', 'ws')}/api/v1/tunes/broken/events/ws`;
    const socket = new WebSocket(url, { origin: base });
    const event = await new Promise<string>((resolve, reject) => {
      socket.on('message', (data: Buffer) => resolve(data.toString()));
      socket.on('error', reject);
    });
    expect(tuneEventSchema.parse(JSON.parse(event))).toMatchObject({ type: 'snapshot' });
    socket.close();
    const refused = new WebSocket(url, { origin: 'http://evil.example.com' });
    const status = await new Promise<number | undefined>((resolve) => {
      refused.on('unexpected-response', (_, response) => resolve(response.statusCode));
      refused.on('open', () => resolve(101));
      refused.on('error', () => undefined);
    });
    expect(status).toBe(403);
  });

  it('tell of all tunes', async () => {
    const events = await EventStream.open<z.output<typeof tunesEventSchema>>(`${base}/api/v1/events`);
    await start('told');
    await world.until(
      () =>
        Promise.resolve(
          events.events.some(
            ({ data }) => data.type === 'tune' && data.tune.id === 'told' && data.tune.status === 'completed'
          )
        ),
      'it is told'
    );
    for (const { data } of events.events) expect(tunesEventSchema.parse(data)).toEqual(data);
    await events.close();
  });

  it('of what there is not are refused', async () => {
    await expect(EventStream.open(`${base}/api/v1/tunes/absent/events`)).rejects.toThrow(/404/);
  });
});

describe('around tunes', () => {
  it('plans by the last run of the same task', async () => {
    const { file } = await loadTaskFile(await world.task('whole'));
    const { status, body } = await post<Plan>('/tasks/plan', { task: file });
    expect(status).toBe(200);
    expect(body.forecast.lastRun?.basis).toBe('experiments');
    const { stdout } = await world.cli('plan', await world.task('whole'));
    for (const { text } of body.lines) expect(stdout).toContain(text);
  });

  it('keeps schedules', async () => {
    const { file } = await loadTaskFile(await world.task('nightly'));
    const made = await post<Schedule>('/schedules', { task: file, cron: '0 3 * * *' });
    expect(made).toMatchObject({
      status: 201,
      body: { id: 'nightly', cron: ['0 3 * * *'], overlap: 'skip', task: file },
    });
    expect((await post<Problem>('/schedules', { task: file, cron: '0 3 * * *' })).body).toMatchObject({ status: 409 });
    expect((await post<Problem>('/schedules', { task: { ...file, task_name: 'x' }, cron: 'often' })).status).toBe(400);
    expect((await post('/schedules/nightly/pause')).status).toBe(200);
    expect(await get<Schedule>('/schedules/nightly')).toMatchObject({ paused: true, nextAt: [] });
    expect((await post('/schedules/nightly/resume')).status).toBe(200);
    expect((await post('/schedules/nightly/trigger')).status).toBe(200);
    await world.until(async () => (await get<Schedule>('/schedules/nightly')).recent.length > 0, 'it has started one');
    const { recent } = await get<Schedule>('/schedules/nightly');
    await untilEnded(encodeURIComponent(recent[0]?.tune ?? ''));
    expect((await ask('DELETE', '/api/v1/schedules/nightly')).status).toBe(200);
    expect((await ask('GET', '/api/v1/schedules/nightly')).status).toBe(404);
  });

  it('starts once under a key, also after the server was started again', async () => {
    const { file } = await loadTaskFile(await world.task('once'));
    const key = { 'idempotency-key': 'a-key' };
    const first = await post<StartedTune>('/tunes', { task: file }, key);
    await untilEnded('once');
    const { host, port } = await world.startApi();
    const again = await fetch(`http://${host}:${port}/api/v1/tunes`, {
      ...{ method: 'POST', body: JSON.stringify({ task: file }) },
      headers: { 'content-type': 'application/json', ...key },
    });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(((await again.json()) as StartedTune).tune.runId).toBe(first.body.tune.runId);
  });

  it('does not listen for others without tokens', async () => {
    const ran = await world.cli('serve', '--host', '0.0.0.0', '--port', '20999');
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('AUTOTUNER_API_TOKENS_FILE')]);
  });
});

/** The view that a client has which was told these. */
function stateOf(events: readonly TuneEvent[]): TuneView | null {
  let view: TuneView | null = null;
  for (const event of events) {
    if (event.type === 'snapshot') view = event.view;
    else if (event.type === 'changed' && view) view = { ...view, ...event.fields } as TuneView;
  }
  return view;
}
