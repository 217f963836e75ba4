/** Requests as nobody should send them: every route with wrong parts, and addresses, headers and bodies of every kind. */
import fc from 'fast-check';
import type { Endpoint } from '../../src/api/endpoint.js';
import { TASK } from './api.js';
import { damaged, strange } from './garbage.js';
import { HOSTILE_TEXTS } from './hostile-text.js';

export interface FuzzRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for none. */
  readonly payload: string;
}

type Described = Pick<Endpoint, 'method' | 'path' | 'stream'>;

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<string>(...HOSTILE_TEXTS) },
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '1',
    '0',
    '-1',
    '99999999999999999999',
    'NaN',
    'fuzz',
    'true',
    '../../etc/passwd',
    "x' OR '1'='1",
    '%',
    '%00'
  )
);

/** A part of a path: encoded, as clients do, or as it is. */
const segment = fc.oneof(
  { weight: 4, arbitrary: text.map((part) => encodeURIComponent(wellFormed(part)) || 'x') },
  fc.constantFrom('..', '.', '%2e%2e', '%2F', '%', '%zz', '%00', 'fuzz', 'fuzz%2F1', '1', '0', '7', 'x'.repeat(3000))
);

/** Without halves of surrogate pairs, which no address can have. */
function wellFormed(part: string): string {
  return Buffer.from(part).toString();
}

const PARAMETERS = [
  'cursor',
  'limit',
  'status',
  'task',
  'model',
  'engine',
  'search',
  'run',
  'sort',
  'order',
  'role',
  'code',
  'tail',
  'runs',
  'after',
  'experiment',
  '__proto__',
  'a[b]',
  '',
];
const query = fc
  .array(fc.tuple(fc.constantFrom(...PARAMETERS), text), { maxLength: 4 })
  .map((pairs) =>
    pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(wellFormed(value))}`).join('&')
  );

const BODIES: readonly object[] = [
  { task: { ...TASK, task_name: 'fuzz' } },
  { task: { ...TASK, task_name: 'fuzz' }, options: { aa: 3 } },
  { source: 'task_name: fuzz\nmodel: {name: m}\nparameters: {}\n' },
  { task: { ...TASK, task_name: 'fuzz' }, cron: '0 3 * * *', overlap: 'skip', paused: true },
  { iterations: 3 },
  { codes: ['ENGINE_CRASHED'], dryRun: true },
];

const body = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(...BODIES)
      .chain(damaged)
      .map((value) => JSON.stringify(value) ?? ''),
  },
  strange.map((value) => JSON.stringify(value) ?? ''),
  text.map((source) => JSON.stringify({ source })),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(
    '',
    '{',
    '[[[[',
    '{"a":1,"a":2}',
    '{"__proto__":{"x":1}}',
    `{"source":"${'['.repeat(5000)}"}`,
    '\u0000'
  )
);

const plain = fc.string({ unit: fc.constantFrom(...'abc019 -_./:;=,"<>{}()[]@%*~'), maxLength: 60 });
const headers = fc
  .record(
    {
      'content-type': fc.constantFrom(
        'application/json',
        'text/plain',
        'application/json; charset=utf-7',
        'multipart/form-data',
        'x'
      ),
      accept: fc.constantFrom('*/*', 'text/event-stream', 'application/xml', ''),
      'last-event-id': plain,
      'idempotency-key': plain,
      'if-none-match': plain,
      authorization: plain,
      cookie: plain,
      origin: fc.constantFrom('http://localhost', 'http://evil.example.com', 'null'),
      'x-forwarded-for': plain,
      'x-forwarded-host': plain,
      range: fc.constantFrom('bytes=0-1', 'bytes=99999-', 'x'),
      'accept-encoding': fc.constantFrom('gzip', 'identity', '*;q=0'),
    },
    { requiredKeys: [] }
  )
  .map((all) => Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value.trim()])));

const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'];

/** @param endpoints the server's; streams, which never end, are asked for only with what they refuse. */
export function fuzzRequests(endpoints: readonly Described[]): fc.Arbitrary<FuzzRequest> {
  const known = fc.constantFrom(...endpoints.filter(({ stream }) => stream === undefined)).chain(({ method, path }) => {
    const parts = path.split('/').map((part) => (part.startsWith(':') ? segment : fc.constant(part)));
    return fc.record({
      method: fc.oneof({ weight: 9, arbitrary: fc.constant<string>(method) }, fc.constantFrom(...METHODS)),
      path: fc.tuple(...parts).map((all) => all.join('/')),
    });
  });
  const unknown = fc.record({
    method: fc.constantFrom(...METHODS),
    path: fc.array(segment, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`),
  });
  return fc
    .record({ where: fc.oneof({ weight: 9, arbitrary: known }, unknown), query, headers, body })
    .map(({ where: { method, path }, query: asked, headers: sent, body: payload }) => {
      const isBodied = method !== 'GET' && method !== 'HEAD';
      return {
        ...{ method, url: asked === '' ? path : `${path}?${asked}` },
        headers: { 'content-type': 'application/json', ...sent },
        payload: isBodied ? payload : '',
      };
    })
    .filter(({ url }) => !/\/events(?:\/|\?|$)/.test(url));
}
