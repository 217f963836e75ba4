import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { isFailureCode, type FailureCode } from '../../domain/failures.js';
import { readPod } from '../ome/pod-state.js';
import { recognise } from '../ome/recognise.js';
import { classifyExit, classifySilence } from './classify.js';

type Produced = FailureCode | undefined;
const failed = { code: 1, signal: null };
const oom = ['torch.OutOfMemoryError: CUDA out of memory.'];
const exit = (phase: 'start' | 'load', lines: string[]): Produced => classifyExit(failed, { lines, phase }).code;

/** What the cluster shows of a pod. */
function inCluster(status: object): Produced {
  const pod = readPod({
    metadata: { name: 'x-engine-1', creationTimestamp: new Date(0).toISOString() },
    status,
  } as object);
  return recognise({ uid: '', pods: pod ? [pod] : [], events: [] }, 1000, Date.now())?.code;
}

/** Where no pure function decides, the test that runs into it. */
const CAUSES: readonly (readonly [cause: string, code: FailureCode, by: (() => Produced) | string])[] = [
  ['out of memory at load', 'OUT_OF_MEMORY', () => exit('start', oom)],
  ['out of memory under load', 'OUT_OF_MEMORY_UNDER_LOAD', () => exit('load', oom)],
  ['unsupported flag', 'UNSUPPORTED_FLAG', () => exit('start', ['error: unrecognized arguments: --depth 1'])],
  ['model not found', 'MODEL_NOT_FOUND', () => exit('start', ["gguf_init_from_file: failed to open GGUF file 'm'"])],
  ['port conflict', 'PORT_CONFLICT', () => exit('start', ['OSError: [Errno 98] Address already in use'])],
  ['crash', 'ENGINE_CRASHED', () => exit('load', ['GGML_ASSERT(x) failed'])],
  ['hang at start', 'ENGINE_START_TIMEOUT', 'src/backends/process/process-backend.test.ts'],
  [
    'hang under load',
    'ENGINE_UNRESPONSIVE',
    () => classifySilence({ code: 'ENGINE_UNRESPONSIVE', message: 'm' }, { lines: [], phase: 'load' }).code,
  ],
  ['health but wrong answers', 'WRONG_ANSWERS', 'src/backends/process/process-backend.test.ts'],
  [
    'image pull',
    'IMAGE_PULL_FAILED',
    () => inCluster({ containerStatuses: [{ name: 'e', state: { waiting: { reason: 'ImagePullBackOff' } } }] }),
  ],
  [
    'unschedulable',
    'UNSCHEDULABLE',
    () => inCluster({ conditions: [{ type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' }] }),
  ],
  ['benchmark tool failure', 'BENCHMARK_FAILED', 'src/benchmarks/classify-tool.test.ts'],
  ['infrastructure: the host', 'HOST_LOST', 'test/workflows/tune.test.ts'],
  ['infrastructure: the machine', 'MACHINE_UNFIT', () => exit('start', ['RuntimeError: No CUDA GPUs are available'])],
];

describe('every cause that is told apart', () => {
  it.each(CAUSES)('%s: %s', async (_, code, by) => {
    expect(isFailureCode(code)).toBe(true);
    if (typeof by === 'string') expect(await readFile(by, 'utf8')).toContain(`'${code}'`);
    else expect(by()).toBe(code);
  });
});
