import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readMetrics } from './read-metrics.js';

const sample = (name: string): string => readFileSync(`test/fixtures/engine-metrics/${name}.txt`, 'utf8');

describe('what engines say', () => {
  it.each<[string, object]>([
    [
      'sglang-0.4',
      {
        engine: 'sglang',
        ...{ running: 162, waiting: 2826, kvUsage: 0.28, hitRate: 0.007507552643049313 },
        ...{ generatedTokens: 7557572, promptTokens: 8128902 },
      },
    ],
    [
      // Ranks tell the same, the total is that without a priority, and what is counted in every step is better than what is at the end.
      'sglang-0.5',
      {
        engine: 'sglang',
        ...{ running: 8, waiting: 3, kvUsage: 0.85, hitRate: 0.42, preemptions: 48 },
        ...{ generatedTokens: 25000, promptTokens: 30000, cachedTokens: 10000 },
      },
    ],
    [
      // Engines of a data-parallel server are added up; the fullest counts.
      'vllm',
      {
        engine: 'vllm',
        ...{ running: 44, waiting: 72, kvUsage: 0.969, preemptions: 458 },
        ...{ generatedTokens: 27453, promptTokens: 6000, cachedTokens: 4000 },
      },
    ],
    [
      'llama-cpp',
      {
        engine: 'llama.cpp',
        ...{ running: 1, waiting: 2, generatedTokens: 18722, promptTokens: 168507, cachedTokens: 3314650 },
      },
    ],
  ])('%s', (name, reading) => {
    expect(readMetrics(sample(name), 5)).toEqual({ atMs: 5, ...reading });
  });

  it('SGLang has not had a hit before it counts one', () => {
    const text = sample('sglang-0.5').replace(/^.*prefill_cache.*\n/m, '');
    expect(readMetrics(text, 5)).toMatchObject({ cachedTokens: 0 });
  });
});

describe('what is no metrics', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['a web page', '<html><body>vllm:num_requests_running 3</body></html>'],
    ['JSON', '{"error": {"code": 501}}'],
    ['metrics of something else', 'http_requests_total{code="200"} 5\n'],
    [
      'numbers that are none',
      'vllm:num_requests_running NaN\nvllm:kv_cache_usage_perc +Inf\nvllm:num_requests_waiting x\n',
    ],
    ['numbers that cannot be', 'vllm:num_requests_running -3\nvllm:generation_tokens_total 1e300\n'],
  ])('%s', (_, text) => {
    expect(readMetrics(text, 5)).toBeNull();
  });

  it('leaves the rest as it is', () => {
    const text = `vllm:num_requests_running{broken 3\r\nvllm:num_requests_waiting{a="\\"}"} 4 1700000000000\r\nvllm:kv_cache_usage_perc 7\n`;
    expect(readMetrics(text, 5)).toEqual({ atMs: 5, engine: 'vllm', waiting: 4, kvUsage: 1 });
  });

  it('takes little time, however long it is', () => {
    const started = performance.now();
    const line = `vllm:num_requests_running{${'a="b",'.repeat(1000)}} 1\n`;
    readMetrics(line.repeat(500), 5);
    readMetrics(`vllm:num_requests_running{${'"'.repeat(3_000_000)}`, 5);
    readMetrics('vllm:num_requests_running 1 '.repeat(140_000), 5);
    readMetrics(`vllm:num_requests_running{${'a="\\'.repeat(2000)} 1\n`.repeat(300), 5);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('never throws', () => {
    const piece = fc.constantFrom(
      'vllm:num_requests_running',
      '{',
      '}',
      '"',
      'a="b"',
      ',',
      ' ',
      '\n',
      '1',
      '-',
      'e9',
      '\\',
      '#'
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 40 }), (pieces) => {
        readMetrics(pieces.join(''), 5);
      }),
      { numRuns: 500 }
    );
  });
});
