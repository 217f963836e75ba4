import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { BenchmarkRig, SECRET } from '../../../test/support/benchmark-rig.js';
import type { BenchmarkRequest, BenchmarkResult, RunOptions } from '../types.js';
import { GenaiBenchRunner } from './genai-bench-runner.js';

const STUB = resolve('test/support/stubs/stub-genai-bench.mjs');
let rig: BenchmarkRig;
let runner: GenaiBenchRunner;

beforeEach(async () => {
  rig = await BenchmarkRig.create();
  runner = createRunner();
});
afterEach(async () => {
  await runner.stop(rig.name);
  await rig.close();
});

function createRunner(program: string | null = STUB): GenaiBenchRunner {
  return new GenaiBenchRunner(rig.processes(), rig.modelsDir, () => program);
}

const LOADS = { traffic_scenarios: ['D(64,32)', 'D(8,8)'], num_concurrency: [1, 4] };
function request(stub: object = {}, more: object = {}, timeoutMs?: number): BenchmarkRequest {
  return rig.request({ ...LOADS, additional_params: { temperature: '0.5', stub }, ...more }, timeoutMs);
}

function run(asked: BenchmarkRequest, options: Partial<RunOptions> = {}, by = runner): Promise<BenchmarkResult> {
  return rig.run(by, asked, options);
}

describe('the genai-bench runner', () => {
  it('measures every load with one start, and keeps the API key nowhere', async () => {
    const messages: string[] = [];
    const commands = new Set<string>();
    const running = run(request({ seconds: 0.3, printEnv: true }), {
      onProgress: ({ message }) => messages.push(message),
    });
    await rig.untilStarted();
    for (const pid of await rig.alive()) commands.add(await readFile(`/proc/${pid}/cmdline`, 'utf8'));
    const result = await running;
    expect([...commands].join()).toContain('--api-key');
    expect([...commands].join()).not.toContain(SECRET);
    for (const file of ['lease.json', 'spec.json']) {
      expect(await readFile(join(rig.dir, 'leases', `${rig.name}.benchmark`, file), 'utf8')).not.toContain(SECRET);
    }
    expect(result.measurements.map(({ scenario, concurrency }) => `${scenario} ${concurrency}`)).toEqual([
      'D(64,32) 1',
      'D(64,32) 4',
      'D(8,8) 1',
      'D(8,8) 4',
    ]);
    expect(result.toolVersion).toBe('0.0.5-stub');
    expect(await rig.startCount()).toBe(1);
    expect(messages[0]).toBe('0 of 4 loads measured');
    for (const entry of await readdir(join(rig.dir, 'output'), { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) expect(await readFile(join(entry.parentPath, entry.name), 'utf8')).not.toContain(SECRET);
    }
    const printed = await readFile(join(rig.dir, 'output', 'logs', 'environment.bin'), 'latin1');
    expect(printed).toMatch(/^\xff\0/);
    expect(printed).toContain('MODEL_API_KEY=***');
  });

  it('keeps the API key nowhere either when it is ended early', async () => {
    await expect(run(request({ seconds: 60, printEnv: true }, {}, 1500))).rejects.toMatchObject({
      code: 'BENCHMARK_TIMEOUT',
    });
    const printed = await readFile(join(rig.dir, 'output', 'logs', 'environment.bin'), 'latin1');
    expect(printed).toContain('MODEL_API_KEY=***');
    expect(printed).not.toContain(SECRET);
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
    expect((await second).measurements).toHaveLength(4);
    expect(await rig.startCount()).toBe(1);
  });

  it('measures no other loads than those of the step', async () => {
    const loads = [{ scenario: 'D(8,8)', concurrency: 4 }];
    expect((await run({ ...request(), loads })).measurements).toMatchObject(loads);
    expect((await readdir(join(rig.dir, 'output', 'levels'))).filter((file) => file.includes('_time_'))).toHaveLength(
      1
    );
  });

  it('prepares the engine when the load begins, and never under a load that runs', async () => {
    const controller = new AbortController();
    const until = join(rig.dir, 'go on');
    const prepared: number[] = [];
    const asked = { ...request({ until }), beforeLoad: async () => void prepared.push(await rig.startCount()) };
    const first = run(asked, { signal: controller.signal });
    await rig.untilStarted();
    controller.abort(new Error('WORKER_SHUTDOWN'));
    await first.catch(() => undefined);
    const second = run(asked, {}, createRunner());
    await writeFile(until, '');
    await second;
    expect(prepared).toEqual([0]);
  });

  it('goes on when a call is cancelled, since another may have picked it up, and ends with everything it started when it is stopped', async () => {
    const controller = new AbortController();
    const asked = request({ seconds: 60 });
    const running = run(asked, { signal: controller.signal });
    await rig.untilStarted();
    expect(await rig.alive()).not.toHaveLength(0);
    controller.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
    expect(await rig.alive()).not.toHaveLength(0);
    await runner.stop(asked.name);
    expect(await rig.alive()).toHaveLength(0);
  });

  describe('waits while another one runs on this host', () => {
    const requests = (): BenchmarkRequest[] =>
      ['one', 'two'].map((which) => ({
        ...request({ seconds: 0.2 }),
        name: `${rig.name}-${which}`,
        outputDir: join(rig.dir, which),
      }));

    /** Each start is followed by its own end. */
    async function expectTurns(running: readonly Promise<BenchmarkResult>[]): Promise<void> {
      expect((await Promise.all(running)).map((result) => result.measurements.length)).toEqual([4, 4]);
      const logged = (await rig.events()).map((event) => event.split(' '));
      expect(logged.map(([event]) => event)).toEqual(['start', 'end', 'start', 'end']);
      for (const i of [0, 2]) expect(logged[i]?.[1]).toBe(logged[i + 1]?.[1]);
      for (const item of requests()) await runner.stop(item.name);
    }

    it('at the same time', async () => {
      await expectTurns(requests().map((item) => run(item)));
    }, 20_000);

    it('which an earlier worker has started', async () => {
      const [one, two] = requests() as [BenchmarkRequest, BenchmarkRequest];
      const first = run(one);
      await rig.untilStarted();
      await expectTurns([first, run(two, {}, createRunner())]);
    }, 20_000);
  });

  it('is ended at its time limit', async () => {
    await expect(run(request({ seconds: 60 }, {}, 700))).rejects.toMatchObject({ code: 'BENCHMARK_TIMEOUT' });
    expect(await rig.alive()).toHaveLength(0);
  });

  it.each([
    ['exit', 'BENCHMARK_FAILED', /exited with 1/],
    ['garbage', 'BENCHMARK_FAILED', /truncated or no JSON/],
    ['truncated', 'BENCHMARK_FAILED', /truncated or no JSON/],
    ['missing', 'LOAD_FAILED', /no request finished/],
    ['nan', 'LOAD_FAILED', /requests_per_second/],
    ['tokenizer', 'TOKENIZER_NOT_FOUND', /could not load the tokenizer/],
  ])('says what is wrong: %s', async (fault, code, message) => {
    const error: unknown = await run(request({ fault })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) as unknown });
    expect(JSON.stringify(error)).not.toContain(SECRET);
  });

  it('needs the tool and the tokenizer before it starts anything', async () => {
    await expect(run(request(), {}, createRunner(null))).rejects.toMatchObject({ code: 'BENCHMARK_TOOL_NOT_FOUND' });
    await expect(run(request({}, { model_tokenizer: './nowhere' }))).rejects.toMatchObject({
      code: 'TOKENIZER_NOT_FOUND',
    });
    expect(await rig.alive()).toHaveLength(0);
  });

  it('runs again after a crash that left no exit status', async () => {
    const until = join(rig.dir, 'go on');
    const asked = request({ until });
    const controller = new AbortController();
    const first = run(asked, { signal: controller.signal });
    await rig.untilStarted();
    controller.abort(new Error('gone'));
    await first.catch(() => undefined);
    for (const pid of await rig.alive()) process.kill(pid, 'SIGKILL');
    // A process that is being killed still counts as running for a moment.
    while ((await rig.alive()).length > 0) await sleep(20);
    await writeFile(until, '');
    expect((await run(asked)).measurements).toHaveLength(4);
    expect(await rig.startCount()).toBe(2);
  });
});
