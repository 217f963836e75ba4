import { describe, expect, it } from '@jest/globals';
import { measurement } from '../../../test/support/fake-activities.js';
import { poolEngineMetrics, summarizeReadings, type EngineReading } from './engine-metrics.js';
import { pool } from './pooling.js';

const WINDOW = { fromMs: 10_000, toMs: 20_000, durationSeconds: 4 };
/** One a second: idle, four seconds of work, idle again. */
const READINGS: EngineReading[] = [0, 2, 4, 4, 2, 0].map((running, i) => ({
  atMs: 12_000 + i * 1000,
  engine: 'vllm',
  running,
  waiting: running === 4 ? 3 : 0,
  kvUsage: running / 10,
  generatedTokens: 1000 + [0, 10, 110, 310, 390, 400][i]!,
  promptTokens: 500 + i * 60,
  cachedTokens: i * 20,
  preemptions: 7 + (i > 2 ? 1 : 0),
}));

describe('the readings of a load', () => {
  it('are those while the engine was at work, its counters from before to after it', () => {
    expect(summarizeReadings(READINGS, WINDOW)).toEqual({
      engine: 'vllm',
      samples: 4,
      requests_running: { mean: 3, max: 4 },
      requests_waiting: { mean: 1.5, max: 3 },
      kv_cache_usage: { mean: 0.3, max: 0.4 },
      prefix_cache_hit_rate: 0.25,
      generation_tokens_per_s: { mean: 100, max: 200 },
      prompt_tokens_per_s: { mean: 75, max: 60 },
      preemptions: 1,
    });
  });

  it('are not those of another load', () => {
    const others = READINGS.map((reading) => ({ ...reading, atMs: reading.atMs - 9000, running: 99 }));
    expect(summarizeReadings([...READINGS, ...others], WINDOW)?.requests_running).toEqual({ mean: 3, max: 4 });
    expect(summarizeReadings(others, WINDOW)).toBeNull();
    expect(summarizeReadings([], WINDOW)).toBeNull();
  });

  it('that began before the first of them, and went on after the last, are taken by their own time', () => {
    const cut = READINGS.slice(1, 4);
    expect(summarizeReadings(cut, WINDOW)).toMatchObject({ samples: 3, generation_tokens_per_s: { mean: 150 } });
    expect(summarizeReadings(READINGS.slice(1, 2), WINDOW)).not.toHaveProperty('generation_tokens_per_s');
  });

  it('of a load so short that none saw it at work still tell what was counted', () => {
    const idle = READINGS.filter(({ running }) => running === 0);
    expect(summarizeReadings(idle, { ...WINDOW, durationSeconds: 0.8 })).toMatchObject({
      samples: 1,
      preemptions: 1,
    });
  });

  it('say nothing of counters that began anew, and nothing of what is not offered', () => {
    const bare = READINGS.map(({ atMs, running = 0, generatedTokens = 0 }, i): EngineReading => {
      return { atMs, engine: 'llama.cpp', running, generatedTokens: i > 3 ? 0 : generatedTokens };
    });
    expect(summarizeReadings(bare, WINDOW)).toEqual({
      engine: 'llama.cpp',
      samples: 4,
      requests_running: { mean: 3, max: 4 },
    });
  });

  it('have no highest rate where tokens are counted at the end of a request', () => {
    const llama = READINGS.map((reading): EngineReading => ({ ...reading, engine: 'llama.cpp' }));
    expect(summarizeReadings(llama, WINDOW)?.generation_tokens_per_s).toEqual({ mean: 100 });
  });
});

describe('several measurements of a load', () => {
  it('have means by their readings, the highest of all, and all preemptions', () => {
    const one = { engine: 'vllm' as const, samples: 1, requests_running: { mean: 1, max: 2 }, preemptions: 1 };
    const other = { ...one, samples: 3, requests_running: { mean: 5, max: 9 }, kv_cache_usage: { mean: 0.5 } };
    const together = {
      ...{ engine: 'vllm', samples: 4, preemptions: 2 },
      ...{ requests_running: { mean: 4, max: 9 }, kv_cache_usage: { mean: 0.5 } },
    };
    expect(poolEngineMetrics([one, undefined, other])).toEqual(together);
    const measured = [one, other].map((metrics) => ({ ...measurement(1), engine_metrics: metrics }));
    expect(pool(measured).engine_metrics).toEqual(together);
    expect(pool([measurement(1), measurement(2)])).not.toHaveProperty('engine_metrics');
  });
});
