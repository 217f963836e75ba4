/** Everything that can be wrong with a task or its tools gives one clear message and an exit code, and leaves nothing behind. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FAILURES, type FailureCode } from '../../src/domain/failures.js';
import { World, type StubTask } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.running({ VLLM_PATH: '', PATH: '/usr/bin:/bin' });
});
afterAll(() => world?.close());

const MEMORY = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB';
const ONE: StubTask = { parameters: { depth: { type: 'choice', values: [1] } } };

describe('a combination that cannot be measured is a result', () => {
  it.each<[string, StubTask, FailureCode]>([
    ['engine-exits', { engine: ['--exit-at-start', '3'] }, 'ENGINE_CRASHED'],
    [
      'engine-refuses',
      { engine: ['--stderr', 'error: unknown argument: --depth', '--exit-at-start', '1'] },
      'UNSUPPORTED_FLAG',
    ],
    ['memory-at-start', { engine: ['--stderr', MEMORY, '--exit-at-start', '1'] }, 'OUT_OF_MEMORY'],
    ['memory-under-load', { engine: ['--dies-after', '2', '--last-words', MEMORY] }, 'OUT_OF_MEMORY_UNDER_LOAD'],
    ['engine-hangs', { engine: ['--hang'], optimization: { timeout_per_iteration: 2 } }, 'ENGINE_START_TIMEOUT'],
    ['engine-lies', { engine: ['--wrong-answers'], optimization: { timeout_per_iteration: 8 } }, 'WRONG_ANSWERS'],
    ['tool-fails', { stub: { fault: 'exit' } }, 'BENCHMARK_FAILED'],
    ['tool-writes-garbage', { stub: { fault: 'garbage' } }, 'BENCHMARK_FAILED'],
    ['tool-is-cut-off', { stub: { fault: 'truncated' } }, 'BENCHMARK_FAILED'],
    ['nothing-finishes', { stub: { fault: 'missing' } }, 'LOAD_FAILED'],
    ['no-number', { stub: { fault: 'nan' } }, 'LOAD_FAILED'],
  ])('%s', async (name, task, code) => {
    const ran = await world.cli('run', await world.task(name, { ...ONE, ...task }));
    expect(ran.stdout).toContain(`[1] depth=1: failed, ${code}: `);
    expect(ran.stdout).toContain(`  next: ${FAILURES[code].nextStep}`);
    expect(ran.stdout).toContain(`No feasible configuration among 1: ${code} 1 times.`);
    expect(ran.code).toBe(3);
    expect(await world.processes(name)).toEqual([]);
  });

  it('and its cause, its evidence and the next step are shown later, too', async () => {
    const shown = await world.cli('results', 'memory-under-load');
    expect(shown.stdout).toContain(`OUT_OF_MEMORY_UNDER_LOAD: ${FAILURES.OUT_OF_MEMORY_UNDER_LOAD.meaning}\n`);
    expect(shown.stdout).toContain(`    | ${MEMORY}\n  next: ${FAILURES.OUT_OF_MEMORY_UNDER_LOAD.nextStep}\n`);
    const { all_results: results } = await world.results('memory-under-load');
    expect(results[0]?.failure?.evidence).toContain(MEMORY);
  });

  it('and its port being taken is one too, which names the process', async () => {
    const ran = await world.cli('run', await world.task('port-taken', { ...ONE, process: { port: world.port } }));
    expect(ran.stdout).toMatch(/PORT_CONFLICT: port \d+ on 127\.0\.0\.1 is in use by process \d+/);
    expect(ran.code).toBe(3);
  });
});

describe('what every further experiment would meet ends the tune', () => {
  it.each<[string, StubTask, string, number]>([
    ['tokenizer-missing', { stub: { fault: 'tokenizer' } }, 'TOKENIZER_NOT_FOUND', 5],
    ['no-such-tokenizer', { benchmark: { model_name: 'm', model_tokenizer: './nowhere' } }, 'TOKENIZER_NOT_FOUND', 5],
  ])('%s', async (name, task, code, exit) => {
    const ran = await world.cli('run', await world.task(name, task));
    expect(ran.stdout).toContain(`the tune failed (${code}): `);
    expect(ran.code).toBe(exit);
    expect(await world.processes(name)).toEqual([]);
  });

  it('a missing engine', async () => {
    const path = await world.task('no-engine');
    const file = JSON.parse(await readFile(path, 'utf8')) as object;
    await writeFile(path, JSON.stringify({ ...file, engine: 'vllm' }));
    const ran = await world.cli('run', path);
    expect(ran.stdout).toContain('the tune failed (ENGINE_NOT_FOUND): vllm is not on PATH and VLLM_PATH is not set');
    expect(ran.code).toBe(5);
  });

  it('a backend that no worker has', async () => {
    const path = await world.task('no-backend', { backend: 'ome', base_runtime: 'any' });
    const ran = await world.cli('run', path);
    expect(ran.stdout).toContain('the tune failed (BACKEND_UNAVAILABLE)');
  });
});

describe('names and values are never interpreted', () => {
  it('whatever they look like', async () => {
    const path = join(world.dir, 'metacharacters.json');
    const file = JSON.parse(await readFile(await world.task('metacharacters'), 'utf8')) as object;
    const hostile = ['$(touch pwned)', '; touch pwned', '{{ 7 * 7 }}', '&a [*a]', '\'"`\\', '--port 1'];
    const parameters = { note: { type: 'choice', values: hostile } };
    await writeFile(path, JSON.stringify({ ...file, parameters }));
    const ran = await world.cli('run', path);
    expect(ran.code).toBe(0);
    const { all_results: results } = await world.results('metacharacters');
    expect(results.map((result) => result.parameters['note'])).toEqual(hostile);
    // Each reached the engine as one argument, just as it was written.
    expect(results.map((result) => result.provenance?.command?.at(-1))).toEqual(hostile);
    await expect(readFile(join(world.dir, 'pwned'))).rejects.toThrow('ENOENT');
    await expect(readFile('pwned')).rejects.toThrow('ENOENT');
  });

  it('and a name that could be is refused before anything starts', async () => {
    const ran = await world.cli('run', await world.task('x; touch pwned').catch(() => 'none'));
    expect(ran.code).toBe(2);
  });
});

describe('a grid of a billion combinations', () => {
  it('is planned and started without being expanded', async () => {
    const parameters = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`p${i}`, { type: 'int' as const, min: 1, max: 10 }])
    );
    const path = await world.task('billion', { parameters, optimization: { max_iterations: 2 } });
    expect((await world.cli('plan', path)).stdout).toMatch(/combinations +1000000000,/);
    const ran = await world.cli('run', path);
    expect(ran.stdout).toContain('Best of 2');
    expect(ran.code).toBe(0);
  });
});
