/** A canary goes in through every input that may carry a secret, and is afterwards found nowhere. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CommandLines, foundIn, foundUnder, rawHistories } from '../support/canary.js';
import { World, type Ran, type StubTask } from '../support/world.js';

const VARIABLE = 'canary-variable "ü" 1f0c/+';
const FILE = 'canary-file-8d21=?&';
const API_KEY = 'canary-temporal-key-77ab';
const WORKER_TOKEN = 'canary-worker-token-03ce';
const LITERAL = 'canary-literal-5e90';
/** 32 bytes: the key of the codec. */
const CODEC_KEY = 'canary-codec-key-of-32-bytes-42!';
const CANARIES = [VARIABLE, FILE, API_KEY, WORKER_TOKEN, LITERAL, CODEC_KEY];

let folder: string;
let world: World;
let printed = '';
let lines: CommandLines;

beforeAll(async () => {
  // Outside of the world, in which nothing may be found.
  folder = await mkdtemp(join(tmpdir(), 'canaries-'));
  await mkdir(join(folder, 'secrets'));
  await writeFile(join(folder, 'secrets', 'token'), `${FILE}\n`);
  world = await World.create({
    HUB_TOKEN: VARIABLE,
    WORKER_TOKEN,
    TEMPORAL_API_KEY: API_KEY,
    TEMPORAL_TLS: 'false',
    AUTOTUNER_SECRETS: `HUB_TOKEN,file:${join(folder, 'secrets')}`,
  });
  lines = new CommandLines();
  await world.startServer();
  const worker = await world.startWorker('--log-level', 'DEBUG');
  for (const stream of [worker.stdout, worker.stderr])
    stream?.on('data', (data: Buffer) => (printed += data.toString()));
});
afterAll(async () => {
  await lines?.stop();
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

const references = (): Record<string, string> => ({
  HUB_TOKEN: 'env:HUB_TOKEN',
  FILE_TOKEN: `file:${join(folder, 'secrets', 'token')}`,
});

async function tune(name: string, task: StubTask): Promise<Ran> {
  const path = await world.task(name, {
    parameters: { depth: { type: 'choice', values: [1] } },
    process: { environment: references() },
    ...task,
  });
  const ran = await world.cli('run', path);
  printed += ran.stdout + ran.stderr;
  return ran;
}

describe('a secret', () => {
  it('reaches an engine that prints its environment and says it back, and a tool that prints its key', async () => {
    const ran = await tune('prints', { engine: ['--print-env', '--tell', 'HUB_TOKEN'], stub: { printEnv: true } });
    expect(ran.code).toBe(0);
    const results = await world.results('prints');
    expect(results.all_results[0]?.provenance?.engine_version).toBe('stub ***');
    const artifacts = new URL(results.all_results[0]?.artifacts_uri ?? '');
    const log = await readFile(join(artifacts.pathname, 'engine.log'), 'utf8');
    expect(log).toContain('HUB_TOKEN=***');
    expect(log).toContain('FILE_TOKEN=***');
    expect(log).not.toMatch(/^(?:WORKER_TOKEN|TEMPORAL_API_KEY)=/m);
    expect(await readFile(join(artifacts.pathname, 'benchmark', 'logs', 'environment.bin'), 'latin1')).toContain(
      'MODEL_API_KEY=***'
    );
  });

  it('is in the last words of an engine', async () => {
    const ran = await tune('fails', { engine: ['--tell', 'HUB_TOKEN', '--exit-at-start', '1'] });
    expect(ran.stdout).toContain('ENGINE_CRASHED: the engine exited with code 1: cannot log in with ***');
  });

  it('is in the answers of an engine', async () => {
    const ran = await tune('refuses', {
      engine: ['--refuse', 'FILE_TOKEN'],
      optimization: { timeout_per_iteration: 3 },
    });
    expect(ran.stdout).toMatch(/WRONG_ANSWERS: .*wrong token \*\*\*/);
  });

  it('is in the last words of the tool', async () => {
    const ran = await tune('tool-fails', { stub: { fault: 'exit', printEnv: true } });
    expect(ran.stdout).toContain('BENCHMARK_FAILED');
    expect((await world.results('tool-fails')).all_results[0]?.failure?.evidence).toContain('the key was ***');
  });

  it('is not for every task that asks', async () => {
    const ran = await tune('asks', { process: { environment: { TOKEN: 'env:WORKER_TOKEN' } } });
    expect(ran.stdout).toMatch(/the tune failed \(NOT_ALLOWED\): .* env:WORKER_TOKEN: AUTOTUNER_SECRETS=WORKER_TOKEN/);
    expect(ran.code).toBe(5);
  });

  it('is not taken as a value', async () => {
    const path = await world.task('literal');
    const file = JSON.parse(await readFile(path, 'utf8')) as object;
    const outside = join(folder, 'literal.json');
    await writeFile(outside, JSON.stringify({ ...file, process: { environment: { HF_TOKEN: LITERAL } } }));
    for (const command of ['submit', 'validate', 'plan']) {
      const ran = await world.cli(command, outside);
      expect(ran.code).toBe(2);
      expect(ran.stderr).toMatch(/literal\.json:1:\d+: process\.environment\.HF_TOKEN: looks like a secret/);
      printed += ran.stdout + ran.stderr;
    }
  });
});

describe('with the codec', () => {
  let hidden: World;
  const MODEL = 'unreleased-model-9000';
  const VALUES = ['hidden-value-one', 'hidden-value-two'];
  const keysFile = (): string => join(folder, 'codec-keys');

  beforeAll(async () => {
    await writeFile(keysFile(), `first:${Buffer.from(CODEC_KEY).toString('base64')}\n`);
    hidden = await World.running({ AUTOTUNER_CODEC_KEYS: `file:${keysFile()}` });
  });
  afterAll(() => hidden?.close());

  it('the history tells neither the model nor the parameters, and the CLI shows both', async () => {
    const path = await hidden.task('encrypted', {
      model: { name: MODEL },
      parameters: { policy: { type: 'choice', values: VALUES } },
      engine: ['--tell', 'HOME'],
    });
    const ran = await hidden.cli('run', path);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain(`Best of 2: experiment 1 with policy=${VALUES[0]}`);
    expect((await hidden.cli('results', 'encrypted')).stdout).toContain(VALUES[1]);
    const failing = await hidden.task('encrypted-failure', {
      model: { name: MODEL },
      parameters: { policy: { type: 'choice', values: VALUES } },
      engine: ['--stderr', `cannot load ${MODEL}`, '--exit-at-start', '1'],
    });
    expect((await hidden.cli('run', failing)).stdout).toContain(
      `ENGINE_CRASHED: the engine exited with code 1: cannot load`
    );

    const { client } = await hidden.tunes();
    const histories = await rawHistories(client);
    expect([...histories.keys()].filter((id) => id.startsWith('tune/encrypted'))).toHaveLength(6);
    const secret = [MODEL, ...VALUES, CODEC_KEY];
    for (const [id, bytes] of histories) expect([id, foundIn(bytes, secret)]).toEqual([id, []]);
    // Not even in what is no part of a history: visibility, heartbeats, summaries.
    expect(
      (await foundUnder(join(hidden.dir, 'state'), secret)).filter((line) => line.includes('temporal.db'))
    ).toEqual([]);
  });

  it('what runs is watched and steered as ever', async () => {
    const path = await hidden.task('watched', { stub: { seconds: 20 } });
    expect((await hidden.cli('submit', path)).code).toBe(0);
    await hidden.until(
      async () => (await hidden.cli('status', 'watched')).stdout.includes('loads measured'),
      'the heartbeat is shown'
    );
    const extended = await hidden.cli('extend', 'watched', '5');
    expect(extended).toMatchObject({ code: 0, stderr: '' });
    expect(extended.stdout).toMatch(/^up to 105/);
    expect((await hidden.cli('stop', 'watched')).code).toBe(0);
    expect((await hidden.cli('watch', 'watched')).stdout).toMatch(/\d experiments, \d succeeded/);
  });

  it('says which key is missing to who has another one, or none', async () => {
    const other = join(folder, 'other-keys');
    await writeFile(other, `second:${Buffer.alloc(32, 1).toString('base64')}\n`);
    const wanted = /a payload is encrypted with the key 'first', and AUTOTUNER_CODEC_KEYS of this process has: /;
    for (const [setting, known] of [
      [`file:${other}`, 'second'],
      ['', 'none'],
    ] as const) {
      const ran = await hidden.cliWith({ AUTOTUNER_CODEC_KEYS: setting }, 'status', 'encrypted');
      expect(ran.stderr).toMatch(wanted);
      expect(ran.stderr.trim().endsWith(known)).toBe(true);
      expect(ran.code).toBe(2);
    }
  });

  it('rotates its keys: what the old one has written stays readable', async () => {
    const text = await readFile(keysFile(), 'utf8');
    await writeFile(keysFile(), `second:${Buffer.alloc(32, 1).toString('base64')}\n${text}`);
    const ran = await hidden.cli('results', 'encrypted');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('afterwards', () => {
  it('the canaries are nowhere', async () => {
    await lines.stop();
    const { client } = await world.tunes();
    const histories = await rawHistories(client);
    const tunes = [...histories.keys()].filter((id) => id.startsWith('tune/'));
    expect(tunes.length).toBeGreaterThanOrEqual(9);
    for (const [id, bytes] of histories) expect([id, foundIn(bytes, CANARIES)]).toEqual([id, []]);
    // What is there is found: the reference is, and so would be a canary in any of its forms.
    for (const id of tunes.filter((item) => item.startsWith('tune/prints '))) {
      expect(foundIn(histories.get(id) ?? '', ['env:HUB_TOKEN'])).toEqual(['env:HUB_TOKEN']);
    }
    const forms = CANARIES.map((value, i) => Buffer.from(' '.repeat(i) + value).toString(i % 2 ? 'base64' : 'utf8'));
    expect(foundIn(forms.join(' '), CANARIES)).toEqual(CANARIES);
    // State, results, artifacts, the server's database and logs.
    expect(await foundUnder(world.dir, CANARIES)).toEqual([]);
    expect(printed).toContain('DEBUG');
    expect(foundIn(printed, CANARIES)).toEqual([]);
    expect([...lines.seen].filter((line) => line.includes('stub-engine.mjs')).length).toBeGreaterThan(0);
    expect([...lines.seen].filter((line) => line.includes('--api-key')).length).toBeGreaterThan(0);
    expect([...lines.seen].filter((line) => foundIn(line, CANARIES).length > 0)).toEqual([]);
  });
});
