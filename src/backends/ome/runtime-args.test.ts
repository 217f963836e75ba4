import { describe, expect, it } from '@jest/globals';
import { engineFlags } from '../engine-flags.js';
import { overrideArgs } from './runtime-args.js';

type Settings = Record<string, string | number | boolean>;

/** The arguments that a runtime gets for a combination. */
function override(
  runtime: { command?: string[]; args?: string[] },
  settings: Settings,
  engine: 'sglang' | 'vllm' | 'llama.cpp' = 'sglang'
): string[] {
  const flags = engineFlags({ engine, engine_args: {} }, settings);
  return overrideArgs({ command: runtime.command ?? [], args: runtime.args ?? [] }, flags);
}

describe("a runtime's arguments", () => {
  it.each([
    ['--flag value', ['--tp-size', '4']],
    ['--flag=value', ['--tp-size=4']],
    ['an alias', ['--tp', '4']],
    ['an alias with =', ['--tp=4']],
    ['the long alias', ['--tensor-parallel-size', '4']],
    ['every spelling at once', ['--tp', '4', '--tp-size=8', '--tensor-parallel-size', '1']],
    ['a flag whose value is missing', ['--tp-size']],
  ])('lose what the task sets: %s', (_, own) => {
    expect(override({ args: ['--port', '8080', ...own, '--enable-metrics'] }, { tp_size: 2 })).toEqual([
      ...['--port', '8080', '--enable-metrics'],
      ...['--tp-size', '2'],
    ]);
  });

  it.each([
    ['mem_frac', 'sglang', ['--mem-frac', '0.9'], ['--mem-fraction-static', '0.8']],
    ['mem_frac', 'sglang', ['--mem-fraction-static=0.9'], ['--mem-fraction-static', '0.8']],
    ['mem_frac', 'vllm', ['--gpu-memory-utilization', '0.9'], ['--gpu-memory-utilization', '0.8']],
    ['tp_size', 'vllm', ['-tp', '8'], ['--tensor-parallel-size', '0.8']],
    ['ctx_size', 'llama.cpp', ['-c', '4096'], ['--ctx-size', '0.8']],
  ] as const)("know each engine's names: %s of %s", (name, engine, own, expected) => {
    expect(override({ args: [...own] }, { [name]: 0.8 }, engine)).toEqual(expected);
  });

  it('take a negative number for a value, and the next flag for none', () => {
    expect(override({ args: ['--seed', '-1', '--x'] }, { seed: 3 })).toEqual(['--x', '--seed', '3']);
    expect(override({ args: ['--enable-metrics', '-x', '1'] }, { enable_metrics: true })).toEqual([
      ...['-x', '1'],
      '--enable-metrics',
    ]);
    expect(override({ args: [] }, { seed: -1 })).toEqual(['--seed', '-1']);
  });

  it('lose a switch that is off and keep one that is on', () => {
    const args = ['--host', '0.0.0.0', '--enable-torch-compile', '--port', '8080'];
    expect(override({ args }, { enable_torch_compile: false })).toEqual(['--host', '0.0.0.0', '--port', '8080']);
    expect(override({ args }, { enable_torch_compile: true })).toEqual([
      ...['--host', '0.0.0.0', '--port', '8080'],
      '--enable-torch-compile',
    ]);
    expect(override({ args: [] }, { enable_torch_compile: false })).toEqual([]);
  });

  it('keep everything else as it is, in its order', () => {
    const args = [
      ...['--model-path', '$(MODEL_PATH)', '--served-model-name', '{{.Name}}', '--tp-size', '4'],
      ...['--tp-size-like', '9', '', '--x=--tp-size', 'tp_size', '--enable-metrics', '--', 'a b'],
    ];
    expect(override({ args }, { tp_size: 2, schedule_policy: 'lpm' })).toEqual([
      ...['--model-path', '$(MODEL_PATH)', '--served-model-name', '{{.Name}}'],
      ...['--tp-size-like', '9', '', '--x=--tp-size', 'tp_size', '--enable-metrics', '--', 'a b'],
      ...['--tp-size', '2', '--schedule-policy', 'lpm'],
    ]);
    expect(override({ args }, {})).toEqual(args);
  });

  it('overrule the command, which stays, by coming last', () => {
    const command = ['python3', '-m', 'sglang.launch_server', '--tp', '8', '--enable-metrics'];
    expect(override({ command, args: ['--port', '1'] }, { tp_size: 2, enable_metrics: true })).toEqual([
      ...['--port', '1'],
      ...['--tp-size', '2', '--enable-metrics'],
    ]);
  });

  it('cannot switch off what stands in the command', () => {
    const unsuitable = expect.objectContaining({
      code: 'RUNTIME_UNSUITABLE',
      message:
        "'enable_metrics' cannot be switched off: the runtime has --enable-metrics in its command, not in its args",
    });
    for (const flag of ['--enable-metrics', '--enable-metrics=true']) {
      expect(() => override({ command: ['serve', flag] }, { enable_metrics: false })).toThrow(unsuitable);
    }
    expect(override({ command: ['serve', '--enable-metrics-x'] }, { enable_metrics: false })).toEqual([]);
  });

  it.each([[['sh', '-c']], [['/bin/bash', '-c']], [['/usr/bin/env', 'bash', '-c']], [['tini', '--', '/bin/sh']]])(
    'are refused behind a shell: %j',
    (command) => {
      expect(() => override({ command, args: ['serve --tp 1'] }, { tp_size: 2 })).toThrow(
        expect.objectContaining({ code: 'RUNTIME_UNSUITABLE', message: expect.stringContaining('through ') })
      );
    }
  );

  it.each([['python3'], ['/opt/bash/bin/serve'], ['push'], ['sh.py']])('are taken behind %s', (program) => {
    expect(override({ command: [program], args: [] }, { tp_size: 2 })).toEqual(['--tp-size', '2']);
  });
});
