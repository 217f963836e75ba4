/**
 * The application before an API of fixtures: for work on the views without Temporal, and to see how it bears ten thousand experiments.
 * Usage: node --import ./test/web/support/register.mjs test/web/support/fixture-server.ts [PORT]
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { createGzip } from 'node:zlib';
import { parse } from 'yaml';
import { guideOf } from '../../../src/domain/guide/index.js';
import { columnsOf } from '../../../src/domain/results/result-columns.js';
import type { ResultColumns } from '../../../src/domain/results/result-columns.schema.js';
import { parseTask } from '../../../src/domain/task/parse-task.js';
import { sampleTune } from './sample-tune.js';
import { detailOf, launchOf, outlineAt, resultsOf, rowsOf, summaryOf, viewOf, type Moment } from './sample-view.js';
import type { TuneEvent } from '../../../src/contracts/http/index.js';
import { compareSample, historySample, noiseSample, planSample, scheduleSample, trendSample } from './sample-others.js';

const WEB = resolve('dist/web');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.html': 'text/html',
};
const HEADERS = {
  'content-security-policy': "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'",
};

export interface Fixture {
  readonly url: string;
  readonly server: Server;
  /** Changes the tune and tells everyone. */
  change(next: Partial<Moment>): void;
  /** How many streams have been opened. */
  readonly opened: () => number;
  /** Whether a worker is there; one is at first. */
  setWorkers(are: boolean): void;
  /** Breaks every stream. */
  cut(): void;
  close(): void;
}

/** @param experiments of the sample tune; it is over unless `running`. */
export async function startFixture({ port = 0, experiments = 24, running = false } = {}): Promise<Fixture> {
  const sample = sampleTune(experiments);
  const startMs = Date.now() - 45 * 60_000;
  let moment: Moment = running
    ? { sample, done: Math.min(12, experiments), startMs, phase: 'tuning', endMs: null }
    : { sample, done: sample.outcomes.length, startMs, phase: 'done', endMs: Date.now() - 60_000 };
  let n = 0;
  let opened = 0;
  let hasWorkers = true;
  const events: TuneEvent[] = [];
  const streams = new Set<ServerResponse>();
  const emit = (event: TuneEvent): void => {
    events.push(event);
    for (const stream of streams) stream.write(frame(event));
  };
  const id = (): string => `sample-run:${++n}`;
  const answer = (request: IncomingMessage, body: string): unknown => {
    const url = new URL(request.url ?? '/', 'http://x');
    const path = decodeURIComponent(url.pathname.replace('/api/v1', ''));
    const [, first, , third, fourth, fifth] = path.split('/');
    if (path === '/about') return { ...ABOUT, hasWorkers };
    if (path === '/schema/task') return JSON.parse(readFileSync('schemas/task.schema.json', 'utf8'));
    if (first === 'guide') return guideOf(path.slice('/guide/'.length)) ?? null;
    if (path === '/tasks/validate') return validate(String((JSON.parse(body) as { source: string }).source));
    if (path === '/tasks/plan') return planSample();
    if (path === '/tunes') return { items: [summaryOf(moment)], next: null };
    if (first === 'schedules') return third ? { message: `${third}d` } : scheduleSample(path);
    if (path.startsWith('/history/trends')) return trendSample();
    if (path === '/history/compare') return compareSample();
    if (path === '/history/noise') return noiseSample();
    if (path === '/history') return { items: historySample(), next: null };
    if (first === 'history' && third === 'launch') return launchOf(moment);
    if (first === 'history') return resultsOf(moment);
    if (first !== 'tunes') return null;
    if (request.method === 'POST') return { message: `${third}d` };
    if (!third) return viewOf(moment);
    if (third === 'results') return resultsOf(moment);
    if (third === 'launch') return launchOf(moment);
    if (third === 'experiments' && fifth === 'logs') return null;
    if (third === 'experiments' && fourth) return detailOf(moment, Number(fourth));
    const rows = rowsOf(moment);
    if (url.searchParams.get('order') === 'desc') rows.reverse();
    if (url.searchParams.get('sort') === 'score') rows.sort((a, b) => (a.score ?? Infinity) - (b.score ?? Infinity));
    const from = Number(url.searchParams.get('cursor') ?? 0);
    const limit = Number(url.searchParams.get('limit') ?? 100);
    return { items: rows.slice(from, from + limit), next: from + limit < rows.length ? String(from + limit) : null };
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (!path.startsWith('/api/')) return serveFile(path, response);
    if (path.endsWith('/events')) {
      opened++;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      streams.add(response);
      response.on('close', () => streams.delete(response));
      if (path === '/api/v1/events') return void response.write(':\n\n');
      const last = request.headers['last-event-id'];
      const missed = last === undefined ? -1 : events.findIndex((event) => event.id === last);
      if (last !== undefined && (missed >= 0 || events.length === 0)) {
        for (const event of events.slice(missed + 1)) response.write(frame(event));
        return void response.write(':\n\n');
      }
      return void response.write(frame({ type: 'snapshot', id: events.at(-1)?.id ?? id(), view: viewOf(moment) }));
    }
    if (path.includes('/logs/')) return void response.writeHead(200, { 'content-type': 'text/plain' }).end(LOG);
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      if (path.endsWith('/columns')) return sendColumns(moment, response);
      const value = answer(request, body);
      response.writeHead(value === null ? 404 : 200, { 'content-type': 'application/json' });
      response.end(value === null ? '{"title":"not found","detail":"there is no such thing"}' : JSON.stringify(value));
    });
  });
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`,
    server,
    opened: () => opened,
    change(next) {
      moment = { ...moment, ...next };
      emit({ type: 'changed', id: id(), fields: viewOf(moment) });
    },
    setWorkers(are) {
      hasWorkers = are;
    },
    cut() {
      for (const stream of streams) stream.destroy();
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** As the API keeps them, and compresses what it sends. */
const columns = new WeakMap<Moment, ResultColumns>();
function sendColumns(moment: Moment, response: ServerResponse): void {
  const known = columns.get(moment) ?? columnsOf(outlineAt(moment));
  columns.set(moment, known);
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
  const zip = createGzip({ level: 1 });
  zip.pipe(response);
  zip.end(JSON.stringify(known));
}

function frame(event: TuneEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function validate(source: string): object {
  const nothing = { file: null, task: null, yaml: source, space: null };
  try {
    const file = parse(source) as Record<string, unknown>;
    const parsed = parseTask(file);
    if ('task' in parsed) return { ...nothing, valid: true, issues: [], file };
    return { ...nothing, valid: false, issues: parsed.issues };
  } catch (error) {
    return { ...nothing, valid: false, issues: [{ path: [], message: (error as Error).message, line: 1 }] };
  }
}

function serveFile(path: string, response: ServerResponse): void {
  const file = join(WEB, path);
  const isFile = file.startsWith(WEB) && existsSync(file) && statSync(file).isFile();
  const found = isFile ? file : join(WEB, 'index.html');
  response.writeHead(200, { ...HEADERS, 'content-type': TYPES[extname(found)] ?? 'application/octet-stream' });
  createReadStream(found).pipe(response);
}

const LOG = Array.from(
  { length: 40 },
  (_, i) => `[2026-11-20 14:0${i % 10}:11] Decode batch, #running-req: ${i}, token usage: 0.${i}`
).join('\n');

const ABOUT = {
  version: '0.1.0',
  temporal: { address: '127.0.0.1:7233', namespace: 'default', uiUrl: 'http://127.0.0.1:8233' },
  hasWorkers: true,
  engines: ['sglang', 'vllm', 'llama.cpp'],
  backends: ['ome', 'process'],
  strategies: [],
  metrics: [],
  failures: {
    OUT_OF_MEMORY: {
      meaning: 'The engine ran out of memory.',
      nextStep: 'Lower mem_fraction_static, or use more accelerators.',
    },
  },
  features: { history: true, report: true, guide: true },
  access: { tokens: false, mayWrite: true },
};

if (process.argv[1]?.endsWith('fixture-server.ts')) {
  const { url } = await startFixture({
    port: Number(process.argv[2] ?? 8499),
    running: process.argv.includes('--running'),
  });
  console.log(url);
}
