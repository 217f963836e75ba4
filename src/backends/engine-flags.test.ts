import { describe, expect, it } from '@jest/globals';
import { acceleratorsOf, engineFlags } from './engine-flags.js';

type Settings = Record<string, string | number | boolean>;
const accelerators = (
  engine: 'sglang' | 'vllm' | 'llama.cpp',
  combination: Settings,
  fixed: Settings = {}
): number | null => acceleratorsOf({ engine, engine_args: fixed }, combination);

describe('the flags of an engine', () => {
  it('name the setting, its spellings and its arguments', () => {
    expect(engineFlags({ engine: 'sglang', engine_args: {} }, { mem_frac: 0.8, enable_metrics: false })).toEqual([
      {
        name: 'mem_frac',
        flag: '--mem-fraction-static',
        aliases: ['--mem-frac'],
        args: ['--mem-fraction-static', '0.8'],
      },
      { name: 'enable_metrics', flag: '--enable-metrics', aliases: [], args: [] },
    ]);
  });

  it.each(['mem_frac', 'mem-frac'])('are the same however the task spells them: %s', (name) => {
    expect(engineFlags({ engine: 'vllm', engine_args: {} }, { [name]: 0.8 })).toMatchObject([
      { name, flag: '--gpu-memory-utilization', args: ['--gpu-memory-utilization', '0.8'] },
    ]);
    expect(engineFlags({ engine: 'llama.cpp', engine_args: {} }, { 'flash-attn': false })).toMatchObject([
      { args: ['--flash-attn', 'off'] },
    ]);
  });

  it("take a combination's value in the place of engine_args, and both where they differ", () => {
    const flags = engineFlags(
      { engine: 'vllm', engine_args: { tp_size: 1, max_model_len: 4096 } },
      { tp_size: 2, mem_frac: 0.8 }
    );
    expect(flags.map(({ args }) => args)).toEqual([
      ['--tensor-parallel-size', '2'],
      ['--max-model-len', '4096'],
      ['--gpu-memory-utilization', '0.8'],
    ]);
  });

  it("are plain for an own command, whatever an engine's template says", () => {
    const engine = { command: ['./serve'] };
    expect(engineFlags({ engine, engine_args: { port: 1 } }, { mem_frac: true, model: '--x' })).toEqual([
      { name: 'port', flag: '--port', aliases: [], args: ['--port', '1'] },
      { name: 'mem_frac', flag: '--mem-frac', aliases: [], args: ['--mem-frac'] },
      { name: 'model', flag: '--model', aliases: [], args: ['--model', '--x'] },
    ]);
  });

  it.each(['trust_remote_code', 'trust-remote-code', 'trust_remote_cod', 'served_model', 'hos'])(
    "never reach what is the tuner's own, nor by the beginning of its name: %s",
    (name) => {
      const refused = expect.objectContaining({ code: 'INVALID_TASK', message: expect.stringContaining(`'${name}'`) });
      for (const engine of ['sglang', 'vllm'] as const) {
        expect(() => engineFlags({ engine, engine_args: {} }, { [name]: true })).toThrow(refused);
        expect(() => engineFlags({ engine, engine_args: { [name]: 'x' } }, {})).toThrow(refused);
      }
    }
  );

  it('cannot be smuggled in as a value', () => {
    const flags = (value: string): object[] => engineFlags({ engine: 'sglang', engine_args: {} }, { quant: value });
    for (const value of ['--trust-remote-code', '-x', '--host=0.0.0.0']) {
      expect(() => flags(value)).toThrow(expect.objectContaining({ code: 'INVALID_TASK' }));
    }
    for (const value of ['-1', '-0.5', '-', 'a--b', '']) expect(flags(value)).toHaveLength(1);
  });
});

describe('the accelerators of a combination', () => {
  it.each([
    [{ tp_size: 2 }, 2],
    [{ tp_size: 2, pp_size: 2 }, 4],
    [{ tp_size: 2, pp_size: 3, dp_size: 4 }, 24],
    [{ pp_size: 2 }, 2],
    [{ dp_size: 3 }, 3],
    [{ tp: 2, pp: 2, dp: 2 }, 8],
    [{ tensor_parallel_size: 2, pipeline_parallel_size: 2, data_parallel_size: 2 }, 8],
    [{ 'tp-size': 2, 'pp-size': 2 }, 4],
    [{ tp_size: 1 }, 1],
  ])('are tensor times pipeline times data parallelism: %j', (settings: Settings, expected) => {
    expect(accelerators('sglang', settings)).toBe(expected);
  });

  it('do not count data parallelism twice where attention alone is split', () => {
    const settings = { tp_size: 8, dp_size: 8, pp_size: 2 };
    expect(accelerators('sglang', { ...settings, enable_dp_attention: true })).toBe(16);
    expect(accelerators('sglang', { ...settings, 'enable-dp-attention': true })).toBe(16);
    expect(accelerators('sglang', { ...settings, enable_dp_attention: false })).toBe(128);
    expect(accelerators('sglang', settings, { enable_dp_attention: true })).toBe(16);
    // vLLM has no such switch.
    expect(accelerators('vllm', { ...settings, enable_dp_attention: true })).toBe(128);
  });

  it('follow engine_args, and the combination before them', () => {
    expect(accelerators('vllm', {}, { tensor_parallel_size: 4 })).toBe(4);
    expect(accelerators('vllm', { pp_size: 2 }, { tp_size: 4 })).toBe(8);
    expect(accelerators('vllm', { tp_size: 1 }, { tp_size: 4 })).toBe(1);
  });

  it("are the runtime's choice where the task sets none, or the engine knows none", () => {
    expect(accelerators('sglang', { mem_frac: 0.8 })).toBeNull();
    expect(accelerators('sglang', { enable_dp_attention: true })).toBeNull();
    expect(accelerators('llama.cpp', { tp_size: 2 })).toBeNull();
    expect(acceleratorsOf({ engine: { command: ['x'] }, engine_args: {} }, { tp_size: 2 })).toBeNull();
  });
});
