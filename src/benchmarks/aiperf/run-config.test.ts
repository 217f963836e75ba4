import { describe, expect, it } from '@jest/globals';
import { taskOf } from '../../../test/support/tasks.js';
import type { Load } from '../../domain/loads/load.js';
import { runConfig } from './run-config.js';

function configOf(load: Load, benchmark: object = {}, traceFile?: string): Record<string, unknown> {
  const limits = { max_requests_per_iteration: 20, max_time_per_iteration: 2 };
  const task = taskOf({ benchmark: { runner: 'aiperf', ...limits, ...benchmark } });
  const where = { baseUrl: 'http://127.0.0.1:9', modelName: 'm', tokenizer: '/tok', folder: '/out', seed: 1000 };
  const config = runConfig({ ...where, load, benchmark: task.benchmark, traceFile });
  return (config as { benchmark: Record<string, unknown> }).benchmark;
}
const D: Load = { scenario: 'D(100,50)', request_rate: 4 };

describe("aiperf's configuration", () => {
  it('has a rate with its arrivals, and gives every request up in time', () => {
    expect(configOf(D, { request_rate: 4 })).toMatchObject({
      endpoint: { url: 'http://127.0.0.1:9', timeout: 120, apiKey: '${AUTOTUNER_ENGINE_API_KEY}', streaming: true },
      dataset: { type: 'synthetic', entries: 20, prompts: { isl: { mean: 100, stddev: 0 }, osl: { mean: 50 } } },
      phases: [{ name: 'profiling', type: 'poisson', rate: 4, requests: 20, duration: 120, gracePeriod: 130 }],
      gpuTelemetry: { enabled: false },
      serverMetrics: { enabled: false },
    });
  });

  it.each([
    ['constant', { type: 'constant', rate: 4 }],
    [
      { pattern: 'gamma', smoothness: 0.5, ramp_seconds: 10 },
      { type: 'gamma', smoothness: 0.5, rateRamp: 10 },
    ],
    [{ pattern: 'gamma' }, { type: 'gamma', smoothness: 1 }],
  ])('knows the arrivals %j', (arrival, phase) => {
    expect(configOf(D, { request_rate: 4, arrival })).toMatchObject({ phases: [phase] });
  });

  it('sends at least as many requests as are to be in flight', () => {
    const config = configOf({ scenario: 'D(8,8)', concurrency: 32 });
    expect(config).toMatchObject({ phases: [{ type: 'constant', rate: 3200, concurrency: 32, requests: 32 }] });
  });

  it.each([
    ['N(480,240)/(300,150)', { mean: 480, stddev: 240, min: 1 }, { mean: 300, stddev: 150, min: 1 }],
    ['U(3,5)/(7,7)', { points: [{ value: 3 }, { value: 4 }, { value: 5 }] }, { mean: 7, stddev: 0 }],
    ['U(2,1)', { points: [{ value: 1 }, { value: 2 }] }, { mean: 1, stddev: 0 }],
  ])('knows the lengths of %s', (scenario, isl, osl) => {
    expect(configOf({ ...D, scenario })).toMatchObject({ dataset: { prompts: { isl, osl } } });
  });

  it('spreads a wide uniform distribution over its whole range', () => {
    const { prompts } = configOf({ ...D, scenario: 'U(100,1000)/(1,2)' })['dataset'] as {
      prompts: { isl: { points: { value: number }[] } };
    };
    expect([prompts.isl.points.length, prompts.isl.points[0]?.value, prompts.isl.points.at(-1)?.value]).toEqual([
      100, 100, 1000,
    ]);
  });

  it('replays a trace at its times', () => {
    const config = configOf({ scenario: 'trace(a.jsonl)', speed: 2 }, { trace: { file: 'a.jsonl', speed: 2 } }, '/t');
    expect(config).toMatchObject({
      dataset: { type: 'file', path: '/t', format: 'mooncake_trace' },
      phases: [{ type: 'fixed_schedule' }],
    });
  });

  it('sends what the task adds to requests, numbers as numbers, and what genai-bench sends by itself', () => {
    const { extra } = configOf(D, { additional_params: { temperature: '0.7', top_k: 3 } })['endpoint'] as {
      extra: object;
    };
    expect(extra).toEqual({ ignore_eos: true, temperature: 0.7, top_k: 3, stream_options: { include_usage: true } });
  });
});
