import { describe, expect, it } from '@jest/globals';
import { classifyExit, classifySilence, LINES_TO_CLASSIFY, type Ending } from './classify.js';
import { MEMORY_RULES } from './memory-rules.js';
import { RUN_RULES, RUN_SIGNS, EXCEPTION_RULES } from './run-rules.js';
import { START_RULES, START_SIGNS } from './start-rules.js';

const failed: Ending = { code: 1, signal: null };
const killed: Ending = { code: null, signal: 'SIGKILL' };
const noise = (count: number): string[] => Array.from({ length: count }, (_, i) => `INFO request ${i} 200 OK`);

describe('an engine that has exited', () => {
  it('is explained by the line that tells, with what is around it', () => {
    const lines = [...noise(50), 'RuntimeError: CUDA out of memory. Tried to allocate 2 GiB', ...noise(50)];
    const error = classifyExit(failed, { lines, phase: 'start' });
    expect(error.code).toBe('OUT_OF_MEMORY');
    expect(error.message).toBe(
      "the engine exited with code 1 (the accelerator's memory was not enough): " +
        'RuntimeError: CUDA out of memory. Tried to allocate 2 GiB'
    );
    expect(error.evidence).toEqual([...lines.slice(47, 55), '…', ...lines.slice(-2)]);
  });

  it('is found however much was written afterwards', () => {
    const lines = ['ValueError: No available memory for the cache blocks.', ...noise(LINES_TO_CLASSIFY - 1)];
    expect(classifyExit(failed, { lines, phase: 'start' }).code).toBe('OUT_OF_MEMORY');
  });

  it('is explained by the root of a chain, not by what followed from it', () => {
    const lines = [
      'OSError: [Errno 98] Address already in use',
      'During handling of the above exception, another exception occurred:',
      'RuntimeError: CUDA error: an illegal memory access was encountered',
      'vllm.v1.engine.exceptions.EngineDeadError: EngineCore encountered an issue.',
    ];
    expect(classifyExit(failed, { lines, phase: 'start' }).code).toBe('PORT_CONFLICT');
  });

  it('is explained by a weak sign only when nothing better is there, even later', () => {
    const lines = ['Fatal Python error: Aborted', 'RuntimeError: NCCL error: unhandled cuda error'];
    expect(classifyExit(failed, { lines, phase: 'load' }).code).toBe('ENGINE_CRASHED');
    const better = [...lines, "Cuda failure 2 'out of memory'"];
    expect(classifyExit(failed, { lines: better, phase: 'load' }).code).toBe('OUT_OF_MEMORY_UNDER_LOAD');
  });

  it.each([
    [killed, [], 'start', 'OUT_OF_MEMORY'],
    [killed, [], 'load', 'OUT_OF_MEMORY_UNDER_LOAD'],
    [{ code: 137, signal: null }, ['ValueError: an old one, of a request'], 'load', 'OUT_OF_MEMORY_UNDER_LOAD'],
    [killed, ['Received sigquit from a child process. It usually means the child failed.'], 'load', 'ENGINE_CRASHED'],
    [{ code: null, signal: 'SIGSEGV' }, [], 'load', 'ENGINE_CRASHED'],
    ['vanished', [], 'load', 'ENGINE_CRASHED'],
    [failed, ['something odd'], 'start', 'ENGINE_CRASHED'],
  ] as const)('%j after %j at %s is %s', (ending, lines, phase, code) => {
    expect(classifyExit(ending, { lines, phase }).code).toBe(code);
  });

  it('is not said to have refused an argument once it has served', () => {
    const lines = ['api: error: unrecognized arguments: --tool in the body of the request'];
    expect(classifyExit(failed, { lines, phase: 'start' }).code).toBe('UNSUPPORTED_FLAG');
    expect(classifyExit(failed, { lines, phase: 'load' }).code).toBe('ENGINE_CRASHED');
  });

  it('keeps little evidence, the words of the cluster first', () => {
    const events = Array.from({ length: 9 }, (_, i) => `event ${i} ${'x'.repeat(1000)}`);
    const { evidence } = classifyExit(failed, { lines: noise(100), phase: 'start', events });
    expect(evidence).toHaveLength(15);
    expect(evidence[0]).toMatch(/^event 5 x{292}$/);
    expect(evidence.at(-1)).toBe('INFO request 99 200 OK');
  });
});

describe('an engine that is silent', () => {
  const seen = { code: 'ENGINE_UNRESPONSIVE', message: 'it does not answer' } as const;

  it('is explained by its log when one of its processes has ended', () => {
    const lines = ['torch.OutOfMemoryError: CUDA out of memory.', ...noise(20)];
    expect(classifySilence(seen, { lines, phase: 'load' })).toMatchObject({
      code: 'OUT_OF_MEMORY_UNDER_LOAD',
      message: expect.stringMatching(/^it does not answer \(.*\): torch\.OutOfMemoryError/) as unknown,
    });
  });

  it('is what it looks like otherwise; an exception may have been that of one request', () => {
    const lines = ['ValueError: the prompt is too long', ...noise(20)];
    expect(classifySilence(seen, { lines, phase: 'load' })).toMatchObject({ ...seen, evidence: lines.slice(-15) });
  });
});

describe('a hostile log', () => {
  const rules = [...MEMORY_RULES, ...START_RULES, ...START_SIGNS, ...RUN_RULES, ...RUN_SIGNS, ...EXCEPTION_RULES];

  it.each([
    'a'.repeat(100_000),
    'A.'.repeat(50_000),
    'CUDA '.repeat(20_000),
    "No such file or directory: '".repeat(4000),
    'if you could would may '.repeat(5000),
    'error: argument --'.repeat(6000),
    'File "server_args.py/'.repeat(5000),
    'Assertion `'.repeat(9000),
    'mlock'.repeat(20_000),
  ])('takes no time: %#', (line) => {
    const began = performance.now();
    classifyExit(failed, { lines: Array<string>(200).fill(line), phase: 'start' });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('is matched line by line: no rule remembers where it was', () => {
    for (const { pattern } of rules) expect(pattern.flags).not.toMatch(/[gy]/);
  });
});
