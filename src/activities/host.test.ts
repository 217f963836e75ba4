import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Disturbance, ServingBackend } from '../backends/types.js';
import { measurement } from '../../test/support/fake-activities.js';
import { taskOf } from '../../test/support/tasks.js';
import type { BenchmarkRunner } from '../benchmarks/types.js';
import type { BenchmarkSummary, BenchmarkTarget, ExperimentTarget } from '../contracts/activities.js';
import { TunerError } from '../domain/failures.js';
import type { EngineReading } from '../domain/loads/engine-metrics.js';
import type { RunStore } from '../platform/run-store.js';
import type { Dependencies } from './dependencies.js';
import { createHostActivities } from './host.js';

const BROKEN: Disturbance = { atMs: 1, reason: 'reset' };
const SILENT = new TunerError('ENGINE_UNRESPONSIVE', 'a warm-up request was not answered');

/** Runs a warm-up that fails. @param broke before it and during it. */
function warmUp(broke: readonly [number, number], found: TunerError | null = null): Promise<unknown> {
  const disturbances = Array<Disturbance>(broke[0]).fill(BROKEN);
  const backend: Partial<ServingBackend> = {
    endpoint: async () => ({ baseUrl: 'http://127.0.0.1:1', modelName: 'm', apiKeyFile: null }),
    diagnose: async () => found,
    disturbances: async () => [...disturbances],
  };
  const dependencies: Partial<Dependencies> = {
    backends: { ome: backend as ServingBackend },
    redactor: { clean: (value) => value, cleanError: (error) => error },
    warmUp: async () => {
      disturbances.push(...Array<Disturbance>(broke[1]).fill(BROKEN));
      throw SILENT;
    },
  };
  const target = { name: 'x', task: { backend: 'ome' } } as unknown as ExperimentTarget;
  return new MockActivityEnvironment().run(() => createHostActivities(dependencies as Dependencies).warmUp(target));
}

// A way to the engine that breaks is not the engine's fault.
describe('a warm-up that fails', () => {
  it('is tried again when the way to the engine broke meanwhile', async () => {
    const failure = await warmUp([0, 1]).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: 'the way to the engine broke: reset' });
    expect(failure).not.toHaveProperty('nonRetryable', true);
  });

  it.each<[string, [number, number], TunerError | null, string]>([
    ['nothing broke', [0, 0], null, 'ENGINE_UNRESPONSIVE'],
    ['something broke before it', [1, 0], null, 'ENGINE_UNRESPONSIVE'],
    ['the engine is gone', [0, 1], new TunerError('ENGINE_CRASHED', 'gone'), 'ENGINE_CRASHED'],
  ])('fails the experiment when %s', async (_, broke, found, type) => {
    await expect(warmUp(broke, found)).rejects.toMatchObject({ type, nonRetryable: true });
  });
});

describe('a benchmark', () => {
  const reading = (atMs: number, running: number): EngineReading => ({ atMs, engine: 'vllm', running });
  const WINDOW = { fromMs: 0, toMs: 5000, durationSeconds: 2 };

  /** @param run what the load generator does. */
  async function benchmark(run: BenchmarkRunner['run']): Promise<{ said: string[]; ended: unknown }> {
    const said: string[] = [];
    const backend: Partial<ServingBackend> = {
      endpoint: async () => ({ baseUrl: 'http://127.0.0.1:1', modelName: 'm', apiKeyFile: null }),
      diagnose: async () => null,
      mend: async () => undefined,
    };
    const dependencies: Partial<Dependencies> = {
      backends: { process: backend as ServingBackend },
      runners: { 'genai-bench': { run } as BenchmarkRunner },
      redactor: { clean: (value) => value, cleanError: (error) => error },
      store: { experimentDir: async () => '/nowhere', uriOf: () => 'file:///nowhere' } as unknown as RunStore,
      watchEngine: (_, file) => ({
        begin: () => void said.push(`begin ${file}`),
        end: async () => {
          said.push('end');
          return [reading(1000, 0), reading(2000, 3), reading(3000, 0)];
        },
        stop: async () => void said.push('stop'),
      }),
    };
    const target = { name: 'x', task: taskOf(), step: { number: 2, loads: [] } } as unknown as BenchmarkTarget;
    const ended: unknown = await new MockActivityEnvironment()
      .run(() => createHostActivities(dependencies as Dependencies).runBenchmark(target))
      .catch((error: unknown) => error);
    return { said, ended };
  }
  const progress = { finishedLoads: 0, totalLoads: 1, message: '' };
  const result = { measurements: [measurement(1), measurement(2)], toolVersion: '1', totalSeconds: 1, toolSeconds: 0 };

  it('has what the engine said while each load was made, and looks only when its turn has come', async () => {
    const { said, ended } = await benchmark(async (_, { onProgress }) => {
      onProgress({ ...progress, isWaiting: true });
      onProgress(progress);
      return { ...result, windows: [WINDOW, { ...WINDOW, fromMs: 5000, toMs: 9000 }] };
    });
    expect(said).toEqual([`begin ${join('/nowhere', 'engine-metrics-s2.jsonl')}`, 'end', 'stop']);
    expect(ended).toMatchObject({
      measurements: [{ engine_metrics: { engine: 'vllm', samples: 1, requests_running: { mean: 3, max: 3 } } }, {}],
    });
    expect((ended as BenchmarkSummary).measurements[1]).not.toHaveProperty('engine_metrics');
  });

  it('that fails leaves nobody looking', async () => {
    const { said, ended } = await benchmark(async () => {
      throw new TunerError('LOAD_FAILED', 'no request finished');
    });
    expect(said).toEqual(['stop']);
    expect(ended).toMatchObject({ type: 'LOAD_FAILED' });
  });
});
