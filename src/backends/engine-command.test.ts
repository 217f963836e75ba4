import { describe, expect, it } from '@jest/globals';
import { engineArguments, engineProgram } from './engine-command.js';

const context = { model: '/m/model.gguf', alias: 'm', host: '127.0.0.1', port: 20001, apiKeyFile: '/k' };
const tail = (
  engine: 'llama.cpp' | 'sglang' | 'vllm',
  settings: Record<string, string | number | boolean>
): string[] => {
  const none = engineArguments({ engine, engine_args: {} }, {}, context);
  return engineArguments({ engine, engine_args: {} }, settings, context).slice(none.length);
};

describe('engine arguments', () => {
  it('turn a parameter into its flag', () => {
    expect(tail('llama.cpp', { ubatch_size: 256, cache_type_k: 'q8_0' })).toEqual([
      '--ubatch-size',
      '256',
      '--cache-type-k',
      'q8_0',
    ]);
    expect(tail('sglang', { enable_torch_compile: true, disable_radix_cache: false })).toEqual([
      '--enable-torch-compile',
    ]);
  });

  it("know each engine's exceptions", () => {
    expect(tail('llama.cpp', { flash_attn: true })).toEqual(['--flash-attn', 'on']);
    expect(tail('llama.cpp', { flash_attn: false })).toEqual(['--flash-attn', 'off']);
    expect(tail('sglang', { mem_frac: 0.8 })).toEqual(['--mem-fraction-static', '0.8']);
    expect(tail('vllm', { tp_size: 2, mem_frac: 0.8 })).toEqual([
      '--tensor-parallel-size',
      '2',
      '--gpu-memory-utilization',
      '0.8',
    ]);
  });

  it('let a combination override the fixed ones', () => {
    const all = engineArguments(
      { engine: 'llama.cpp', engine_args: { threads: 1, ctx_size: 512 } },
      { threads: 2 },
      context
    );
    expect(all.slice(-4)).toEqual(['--threads', '2', '--ctx-size', '512']);
  });

  it('offer metrics where that takes a switch, unless the task decides it itself', () => {
    const of = (engine: 'llama.cpp' | 'sglang' | 'vllm', engine_args = {}, combination = {}): string[] =>
      engineArguments({ engine, engine_args }, combination, { ...context, metrics: true });
    expect(of('llama.cpp')).toEqual([
      ...engineArguments({ engine: 'llama.cpp', engine_args: {} }, {}, context),
      '--metrics',
    ]);
    expect(of('sglang', { tp_size: 2 }).slice(-3)).toEqual(['--enable-metrics', '--tp-size', '2']);
    expect(of('sglang', { 'enable-metrics': true }).filter((arg) => arg === '--enable-metrics')).toHaveLength(1);
    expect(of('llama.cpp', {}, { metrics: false })).not.toContain('--metrics');
    expect(of('vllm').join(' ')).not.toMatch(/metrics/);
  });

  it.each(['port', 'host', 'model', 'api_key', 'log-file'])('refuse a task that sets %s', (name) => {
    expect(() => tail('llama.cpp', { [name]: 'x' })).toThrow(/is set by the tuner/);
  });

  it.each(['"], "args": ["--evil', '{{ 7 * 7 }}', '$(reboot)', 'a\nb', "'; --", '%}{# x'])(
    'pass %j on literally',
    (value) => {
      expect(tail('vllm', { quantization: value })).toEqual(['--quantization', value]);
      const args = engineArguments({ engine: 'vllm', engine_args: {} }, {}, { ...context, model: value });
      expect(args[1]).toBe(value);
    }
  );

  it('fill the placeholders of an own command, once', () => {
    const engine = { command: ['./serve', '--listen={host}:{port}', '{model}', '{other}'] };
    const args = engineArguments({ engine, engine_args: {} }, { depth: '{port}' }, context);
    expect(args).toEqual(['--listen=127.0.0.1:20001', '/m/model.gguf', '{other}', '--depth', '{port}']);
  });

  it('start an own command only where the worker allows it', () => {
    expect(() => engineProgram({ command: ['./serve'] }, false)).toThrow(/AUTOTUNER_ALLOW_COMMAND=1/);
    expect(engineProgram({ command: ['./serve'] }, true)).toEqual(['./serve']);
  });
});
