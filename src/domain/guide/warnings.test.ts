import { describe, expect, it } from '@jest/globals';
import { taskOf } from '../../../test/support/tasks.js';
import { GUIDE_ENGINES, guideOf, warningsFor, type GuideWarning } from './index.js';

type Task = Parameters<typeof taskOf>[0];

function warnings(task: Task): GuideWarning[] {
  return warningsFor(taskOf(task));
}
function ids(task: Task): string[] {
  return warnings(task).map(({ id }) => id);
}
const choice = (...values: (string | number | boolean)[]) => ({ type: 'choice' as const, values });

describe('the guide warns', () => {
  it.each<[string, Task, string]>([
    [
      'a share of memory above 1',
      { engine: 'vllm', parameters: { gpu_memory_utilization: choice(0.9, 1.1) } },
      'engine-refuses-value',
    ],
    [
      'the prototype’s name of it',
      { engine: 'sglang', parameters: { mem_frac: choice(0.8, 1) } },
      'engine-refuses-value',
    ],
    [
      'numbers as texts',
      { engine: 'sglang', parameters: { 'mem-fraction-static': choice('0.8', '1.0') } },
      'engine-refuses-value',
    ],
    ['engine_args', { engine: 'vllm', engine_args: { max_num_seqs: 0 } }, 'engine-refuses-value'],
    [
      'a share of memory that leaves nothing',
      { engine: 'sglang', parameters: { mem_frac: choice(0.8, 0.96) } },
      'risky-value',
    ],
    ['three accelerators', { engine: 'vllm', parameters: { tp_size: choice(1, 2, 3) } }, 'heads-may-not-divide'],
    [
      'fewer tokens than sequences',
      { engine: 'vllm', parameters: { max_num_batched_tokens: choice(256, 2048), max_num_seqs: choice(128, 512) } },
      'fewer-tokens-than-sequences',
    ],
    [
      'a chunk that is no multiple of a page',
      { engine: 'sglang', engine_args: { page_size: 64 }, parameters: { chunked_prefill_size: choice(2000, 4096) } },
      'chunk-not-a-multiple-of-page',
    ],
    [
      'a quantized V cache without flash attention',
      { engine_args: { cache_type_v: 'q8_0' }, parameters: { flash_attn: { type: 'bool' } } },
      'quantized-values-without-flash-attention',
    ],
    [
      'a micro-batch above the batch',
      { parameters: { ubatch_size: choice(512, 1024), batch_size: choice(512) } },
      'micro-batch-above-batch',
    ],
    [
      'slots that are too short',
      {
        engine_args: { ctx_size: 2048 },
        parameters: { parallel: choice(1, 8) },
        benchmark: { traffic_scenarios: ['D(200,100)'] },
      },
      'slot-shorter-than-a-load',
    ],
    [
      'a context that is too short',
      {
        engine: 'vllm',
        engine_args: { max_model_len: 1024 },
        benchmark: { traffic_scenarios: ['D(100,10)', 'U(10,2000)/(1,50)'] },
      },
      'shorter-than-a-load',
    ],
    [
      'one flag under two names',
      { engine: 'sglang', engine_args: { tp: 2 }, parameters: { tp_size: choice(1, 2) } },
      'same-flag-twice',
    ],
    [
      'a slip of the pen',
      { engine: 'vllm', parameters: { max_num_batched_token5: choice(2048, 4096) } },
      'unknown-name',
    ],
    ['a switch that is on', { engine: 'vllm', parameters: { enable_prefix_caching: { type: 'bool' } } }, 'already-on'],
    [
      'what changes the answers',
      { engine: 'vllm', parameters: { kv_cache_dtype: choice('auto', 'fp8') } },
      'changes-answers',
    ],
  ])('about %s', (_, task, id) => {
    expect(ids(task)).toEqual([id]);
  });

  it('the most serious first, with the flag, its source and the constraint that would help', () => {
    const found = warnings({
      engine: 'vllm',
      parameters: {
        kv_cache_dtype: choice('auto', 'fp8'),
        max_num_seqs: choice(256),
        max_num_batched_tokens: choice(128, 2048),
        gpu_memory_utilization: choice(0.9, 0.99),
      },
    });
    expect(found.map(({ level }) => level)).toEqual(['danger', 'caution', 'note']);
    expect(found[0]).toEqual({
      id: 'fewer-tokens-than-sequences',
      level: 'danger',
      parameter: 'max_num_batched_tokens',
      words:
        'vLLM does not start with max_num_batched_tokens 128 and max_num_seqs 256: the former must not be smaller; the constraint "max_num_batched_tokens >= max_num_seqs" keeps them out',
      source: expect.stringMatching(/^https:\/\/github\.com\/vllm-project/),
    });
  });
});

describe('the guide says nothing', () => {
  it.each<[string, Task]>([
    [
      'about flags that it does not know',
      { engine: 'sglang', parameters: { ep_size: choice(1, 3), some_future_flag: choice(-5) } },
    ],
    [
      'about the beginning of a flag, which is the flag',
      { engine: 'vllm', parameters: { max_num_batched: choice(2048) } },
    ],
    ['about another engine’s command', { engine: { command: ['x'] }, parameters: { mem_frac: choice(9) } }],
    [
      'where a constraint keeps the pair out',
      {
        engine: 'vllm',
        parameters: { max_num_batched_tokens: choice(256, 2048), max_num_seqs: choice(128, 512) },
        constraints: ['max_num_seqs <= max_num_batched_tokens'],
      },
    ],
    [
      'where a constraint with a third parameter may do so',
      {
        engine: 'vllm',
        parameters: { max_num_batched_tokens: choice(256, 2048), max_num_seqs: choice(128, 512), x: choice(1) },
        constraints: ['x == 1 and max_num_seqs <= max_num_batched_tokens'],
      },
    ],
    [
      'where a constraint keeps the value out',
      { engine: 'sglang', parameters: { mem_frac: choice(0.9, 1) }, constraints: ['mem_frac < 1'] },
    ],
    ['about -1, which means something', { engine: 'sglang', parameters: { chunked_prefill_size: choice(-1, 4096) } }],
    ['about slots that share one context', { engine_args: { ctx_size: 512, parallel: 8, kv_unified: true } }],
    ['about a fixed quantization', { engine: 'vllm', engine_args: { quantization: 'fp8' } }],
    [
      'about a switch that is switched off as it must be',
      { engine: 'vllm', parameters: { no_enable_prefix_caching: { type: 'bool' } } },
    ],
    [
      'about flash attention with plain caches',
      { engine_args: { cache_type_v: 'bf16' }, parameters: { flash_attn: { type: 'bool' } } },
    ],
  ])('%s', (_, task) => {
    expect(warnings(task)).toEqual([]);
  });

  it('about its own presets', () => {
    for (const engine of GUIDE_ENGINES)
      for (const { parameters, constraints, engineArgs } of guideOf(engine)?.presets ?? []) {
        const found = ids({ engine, parameters, constraints, engine_args: engineArgs });
        expect(found).toEqual([]);
      }
  });

  it('however large the ranges are', () => {
    const huge = { type: 'int' as const, min: 1, max: 2 ** 31, step: 1, scale: 'linear' as const };
    const started = performance.now();
    expect(
      ids({ engine: 'vllm', parameters: { max_num_seqs: huge, max_num_batched_tokens: { ...huge, min: 2 ** 31 } } })
    ).toEqual([]);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
