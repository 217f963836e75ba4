import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BenchmarkRig, SECRET } from '../../../test/support/benchmark-rig.js';
import { Admission } from '../detached/admission.js';
import { GenaiBenchRunner } from '../genai-bench/genai-bench-runner.js';
import type { BenchmarkRequest, BenchmarkResult, RunOptions } from '../types.js';
import { AiperfRunner } from './aiperf-runner.js';

const STUB = resolve('test/support/stubs/stub-aiperf.mjs');
let rig: BenchmarkRig;
let runner: AiperfRunner;

beforeEach(async () => {
  rig = await BenchmarkRig.create();
  await mkdir(join(rig.dir, 'traces'));
  runner = createRunner();
});
afterEach(async () => {
  await runner.stop(rig.name);
  await rig.close();
});

function createRunner(program: string | null = STUB, admission?: Admission): AiperfRunner {
  const places = { modelsDir: rig.modelsDir, tracesDir: join(rig.dir, 'traces') };
  return new AiperfRunner(rig.processes(), places, () => program, admission);
}

function request(stub: object = {}, more: object = { request_rate: [2, 50] }, timeoutMs?: number): BenchmarkRequest {
  const params = { temperature: '0.5', stub };
  return rig.request(
    { runner: 'aiperf', traffic_scenarios: ['D(64,10)'], additional_params: params, ...more },
    timeoutMs
  );
}

function run(asked: BenchmarkRequest, options: Partial<RunOptions> = {}, by = runner): Promise<BenchmarkResult> {
  return rig.run(by, asked, options);
}

describe('the aiperf runner', () => {
  it('measures every load, one start each, and keeps the API key nowhere', async () => {
    const messages: string[] = [];
    const commands = new Set<string>();
    const until = join(rig.dir, 'go on');
    const running = run(request({ until, printEnv: true }), {
      onProgress: ({ message }) => messages.push(message),
    });
    await rig.untilStarted();
    for (const pid of await rig.alive()) commands.add(await readFile(`/proc/${pid}/cmdline`, 'utf8'));
    await writeFile(until, '');
    const result = await running;
    expect([...commands].join()).toContain('--config');
    expect([...commands].join()).not.toContain(SECRET);
    expect(result.measurements).toMatchObject([
      { scenario: 'D(64,10)', request_rate: 2, completed_requests: 20, error_rate: 0 },
      { scenario: 'D(64,10)', request_rate: 50 },
    ]);
    expect(result.measurements[0]?.sent_requests_per_s).toBeCloseTo(2, 5);
    expect(result.measurements[0]).not.toHaveProperty('saturated');
    expect(result.measurements[0]).not.toHaveProperty('concurrency');
    expect(result.measurements[0]?.ttft_s.p95).toBeCloseTo(0.02, 6);
    expect(result.measurements[0]?.tpot_s.mean).toBeCloseTo(0.01, 6);
    expect(result.toolVersion).toBe('aiperf 0.13.0-stub');
    expect(await rig.startCount()).toBe(2);
    expect(messages[0]).toBe('0 of 2 loads measured');
    for (const entry of await readdir(join(rig.dir, 'output'), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) expect(await readFile(join(entry.parentPath, entry.name), 'utf8')).not.toContain(SECRET);
    }
    const printed = await readFile(join(rig.dir, 'output', 'load-1', 'logs', 'environment.bin'), 'latin1');
    expect(printed).toContain('AUTOTUNER_ENGINE_API_KEY=***');
    expect(printed).toContain('HF_ENDPOINT=http://127.0.0.1:9');
  });

  it('leaves no sockets and data sets behind when it is stopped', async () => {
    await run(request({ printEnv: true }));
    const printed = await readFile(join(rig.dir, 'output', 'load-1', 'logs', 'environment.bin'), 'latin1');
    const scratch = /TMPDIR=([^\0]+)/.exec(printed)?.[1] ?? '';
    expect(scratch).toContain('autotuner-aiperf-');
    expect((await stat(scratch)).mode & 0o777).toBe(0o700);
    await runner.stop(rig.name);
    await expect(stat(scratch)).rejects.toThrow('ENOENT');
  });

  it('counts the requests that met every limit', async () => {
    const { measurements } = await run(request({}, { request_rate: 50, goodput: { ttft: 0.02, tpot: 0.009 } }));
    expect(measurements).toMatchObject([{ goodput_share: 0, goodput_requests_per_s: 0 }]);
    const asked = request({}, { request_rate: 50, goodput: { ttft: 0.021, e2e_latency: 0.2 } });
    await runner.stop(rig.name);
    expect((await run(asked)).measurements).toMatchObject([{ goodput_share: 1 }]);
  });

  it('keeps a number of requests in flight, too', async () => {
    const asked = request({}, { num_concurrency: [4] });
    expect((await run(asked)).measurements).toMatchObject([{ scenario: 'D(64,10)', concurrency: 4 }]);
  });

  it('replays a trace of the folder, and refuses what leaves it', async () => {
    const lines = [500, 700, 900].map((timestamp) => ({ timestamp, input_length: 64, output_length: 10 }));
    await writeFile(join(rig.dir, 'traces', 'chat.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const asked = request({}, { trace: { file: 'chat.jsonl', speed: 2 } });
    expect((await run(asked)).measurements).toMatchObject([
      {
        scenario: 'trace(chat.jsonl)',
        speed: 2,
        completed_requests: 3,
        sent_requests_per_s: expect.closeTo(10) as unknown,
      },
    ]);
    await runner.stop(rig.name);
    const elsewhere = request({}, { trace: { file: 'other.jsonl' } });
    await expect(run(elsewhere)).rejects.toMatchObject({ code: 'INVALID_TASK' });
  });

  it('is picked up by the next worker when its own is stopped, and not repeated', async () => {
    const controller = new AbortController();
    const until = join(rig.dir, 'go on');
    const asked = request({ until });
    const first = run(asked, { signal: controller.signal });
    await rig.untilStarted();
    const pids = await rig.alive();
    controller.abort(new Error('WORKER_SHUTDOWN'));
    await expect(first).rejects.toThrow('WORKER_SHUTDOWN');
    expect(await rig.alive()).toEqual(expect.arrayContaining(pids));
    const second = run(asked, {}, createRunner());
    await writeFile(until, '');
    expect((await second).measurements).toHaveLength(2);
    expect(await rig.startCount()).toBe(2);
  });

  it('ends with everything it started when it is stopped', async () => {
    const controller = new AbortController();
    const running = run(request({ seconds: 60 }), { signal: controller.signal });
    await rig.untilStarted();
    controller.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
    expect(await rig.alive()).not.toHaveLength(0);
    await runner.stop(rig.name);
    expect(await rig.alive()).toHaveLength(0);
  });

  it('waits while genai-bench runs on this host, and the other way round', async () => {
    const admission = new Admission(rig.processes());
    const genaiStub = resolve('test/support/stubs/stub-genai-bench.mjs');
    const genai = new GenaiBenchRunner(rig.processes(), rig.modelsDir, () => genaiStub, admission);
    const one = { ...request({ seconds: 0.3 }, { request_rate: 50 }), outputDir: join(rig.dir, 'one') };
    const two = {
      ...request({ seconds: 0.3 }, { num_concurrency: [1] }),
      name: `${rig.name}-two`,
      outputDir: join(rig.dir, 'two'),
    };
    const { signal } = new AbortController();
    await Promise.all([
      run(one, {}, createRunner(STUB, admission)),
      genai.run(two, { signal, onProgress: () => undefined }),
    ]);
    expect((await rig.events()).map((event) => event.split(' ')[0])).toEqual(['start', 'end', 'start', 'end']);
    await genai.stop(two.name);
  }, 20_000);

  it('is ended at its time limit', async () => {
    await expect(run(request({ seconds: 60 }, undefined, 700))).rejects.toMatchObject({ code: 'BENCHMARK_TIMEOUT' });
    expect(await rig.alive()).toHaveLength(0);
  });

  it.each([
    ['exit', 'BENCHMARK_FAILED', /aiperf exited with 1/],
    ['garbage', 'BENCHMARK_FAILED', /line 1 of aiperf's records is truncated or no JSON/],
    ['truncated', 'BENCHMARK_FAILED', /line 20 of aiperf's records is truncated or no JSON/],
    ['missing', 'LOAD_FAILED', /no request finished/],
    ['nan', 'BENCHMARK_FAILED', /no usable metrics.time_to_first_token.value/],
    ['errors', 'LOAD_FAILED', /D\(64,10\) at 2 req\/s: no request completed/],
    ['tokenizer', 'TOKENIZER_NOT_FOUND', /could not load the tokenizer/],
  ])('says what is wrong: %s', async (fault, code, message) => {
    const error: unknown = await run(request({ fault })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
    expect(JSON.stringify(error)).not.toContain(SECRET);
    // Nothing is measured after a load that failed as a process.
    if (fault === 'exit') expect(await rig.startCount()).toBe(1);
  });

  it('needs the tool and the tokenizer before it starts anything', async () => {
    await expect(run(request(), {}, createRunner(null))).rejects.toMatchObject({
      code: 'BENCHMARK_TOOL_NOT_FOUND',
      message: expect.stringContaining('npm run setup -- --only aiperf') as unknown,
    });
    const asked = request({}, { request_rate: 1, model_tokenizer: './nowhere' });
    await expect(run(asked)).rejects.toMatchObject({ code: 'TOKENIZER_NOT_FOUND' });
    expect(await rig.alive()).toHaveLength(0);
  });
});
