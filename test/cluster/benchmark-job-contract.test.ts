/**
 * What OME makes of a BenchmarkJob, as far as this project depends on it. Holds for its own controller and for the stand-in. How a
 * job's pod ends is played, by its status: the facts are what OME makes of that.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { V1Container, V1Job } from '@kubernetes/client-node';
import { omeCluster, type OmeCluster } from './ome-cluster.js';
import { MODEL_FOLDER, OmeObjects } from './ome-objects.js';
import { itUnless, omeSetting } from './ome-setting.js';
import type { BenchmarkJob } from './ome-stand-in/types.js';

const ENDPOINT = 'http://somewhere:1234';
/** OME's versions differ. */
const COMPLETED = /^Completed?$/;
/** Long enough for a controller that was told; far less than the minute after which it looks by itself. */
const A_WHILE_MS = 2000;

const setting = await omeSetting();
jest.setTimeout(setting.testTimeoutMs);

let cluster: OmeCluster;
let ome: OmeObjects;
beforeAll(async () => {
  cluster = await omeCluster(setting);
  ome = await OmeObjects.create(cluster);
});
afterAll(() => cluster?.close());

const untilJob = (name: string): Promise<V1Job> =>
  ome.until<V1Job>('jobs', name, 'there', ({ metadata }) => metadata?.uid !== undefined);
const removeBenchmark = (name: string): Promise<void> => ome.remove('benchmarkjobs', name);

/** No node has taken the pod, since its claim is not bound: nobody else writes its status. */
async function endPod(benchmark: string, phase: 'Succeeded' | 'Failed'): Promise<void> {
  const { metadata, spec } = await ome.untilPod(`benchmark=${benchmark}`);
  expect(spec?.nodeName).toBeUndefined();
  await cluster.api.patch(`${ome.path('pods', metadata?.name)}/status`, { status: { phase } });
}

/** genai-bench's options by their names. */
function optionsOf({ args = [] }: V1Container): Record<string, string[]> {
  const options: Record<string, string[]> = {};
  args.forEach((arg, i) => {
    if (arg.startsWith('--')) (options[arg] ??= []).push(args[i + 1] ?? '');
  });
  return options;
}

async function containerOf(name: string): Promise<V1Container> {
  const [container] = (await untilJob(name)).spec?.template.spec?.containers ?? [];
  return container as V1Container;
}

describe('a BenchmarkJob', () => {
  it('becomes a Job that calls genai-bench on the InferenceService', async () => {
    await ome.createService('target');
    await ome.untilReady('target');
    const more = {
      resultFolderName: 'folder',
      dataset: { storageUri: 'pvc://data/set' },
      additionalRequestParams: { a: '1' },
    };
    await ome.createBenchmark('measures', 'target', more);
    const job = await untilJob('measures');
    expect(job.metadata?.labels).toMatchObject({ benchmark: 'measures' });
    expect(job.spec).toMatchObject({ backoffLimit: 0 });
    expect([job.spec?.activeDeadlineSeconds, job.spec?.ttlSecondsAfterFinished]).toEqual([undefined, undefined]);
    const container = await containerOf('measures');
    expect([container.command, container.args?.[0]]).toEqual([['genai-bench'], 'benchmark']);
    const options = optionsOf(container);
    // Key and model name are fixed.
    expect(options).toMatchObject({
      '--api-backend': ['openai'],
      '--api-base': [`http://target.${ome.place.namespace}.svc.cluster.local:8080`],
      '--api-model-name': ['vllm-model'],
      '--api-key': ['sample-key'],
      '--model-tokenizer': [MODEL_FOLDER],
      '--task': ['text-to-text'],
      '--max-time-per-run': ['1'],
      '--max-requests-per-run': ['20'],
      '--traffic-scenario': ['D(100,100)'],
      '--num-concurrency': ['1', '4'],
      '--experiment-folder-name': ['folder'],
      '--experiment-base-dir': ['/results/measures'],
    });
    // Neither the data set nor the request parameters are passed on.
    expect(Object.keys(options).filter((name) => /dataset|param/.test(name))).toEqual([]);
    const mount = { mountPath: '/results/measures', subPath: 'results/measures' };
    expect(container.volumeMounts).toContainEqual(expect.objectContaining(mount));
    await removeBenchmark('measures');
    await ome.remove('inferenceservices', 'target');
  });

  it('takes an endpoint as it is, without key and tokenizer', async () => {
    await ome.createBenchmark('direct', ENDPOINT);
    const options = optionsOf(await containerOf('direct'));
    expect(options).toMatchObject({
      '--api-backend': ['openai'],
      '--api-base': [ENDPOINT],
      '--api-model-name': ['some-model'],
    });
    expect(Object.keys(options)).not.toEqual(expect.arrayContaining([expect.stringMatching(/api-key|tokenizer/)]));
    await removeBenchmark('direct');
  });

  it('is completed when its pod is, and is deleted with everything under it', async () => {
    await ome.createBenchmark('completes', ENDPOINT);
    await ome.untilState('completes', /^Running$/);
    await endPod('completes', 'Succeeded');
    const completed = await ome.untilState('completes', COMPLETED);
    expect(completed.metadata?.finalizers).toContain('benchmarkjob.finalizers');
    expect(completed.status).toMatchObject({ startTime: expect.any(String), completionTime: expect.any(String) });
    await removeBenchmark('completes');
    expect(await cluster.api.find(ome.path('jobs', 'completes'))).toBeNull();
    expect(await ome.pods('benchmark=completes')).toEqual([]);
  });

  it('fails with a message that is only that of the Job', async () => {
    await ome.createBenchmark('fails', ENDPOINT);
    await endPod('fails', 'Failed');
    const failed = await ome.untilState('fails', /^Failed$/);
    expect(failed.status?.failureMessage).toMatch(/backoff limit/i);
    expect(await ome.pods('benchmark=fails')).toHaveLength(1);
    await removeBenchmark('fails');
  });

  it('waits, pending, for an InferenceService that is not ready, and is not told when it is', async () => {
    const name = await ome.createModel('late');
    await ome.createService('unready', {}, { model: { name } });
    await ome.untilEngine('unready');
    await ome.createBenchmark('early', 'unready');
    await ome.untilState('early', /^Pending$/);
    await ome.putOnNode(name);
    await ome.untilReady('unready');
    await sleep(A_WHILE_MS);
    expect(await cluster.api.find(ome.path('jobs', 'early'))).toBeNull();
    await removeBenchmark('early');
    await ome.remove('inferenceservices', 'unready');
  });

  it('is stuck without its claim', async () => {
    const outputLocation = { storageUri: 'pvc://nobodys/results' };
    await ome.createBenchmark('no-claim', ENDPOINT, { outputLocation });
    const seen = ({ status }: BenchmarkJob): boolean => status?.state !== undefined;
    const stuck = await ome.until('benchmarkjobs', 'no-claim', 'seen', seen);
    // One version makes no Job, another one whose pod is pending.
    expect(['Pending', 'Running']).toContain(stuck.status?.state);
    expect((await ome.pods('benchmark=no-claim')).filter(({ spec }) => spec?.nodeName)).toEqual([]);
    await removeBenchmark('no-claim');
  });

  itUnless(setting.without.manager)('hangs in its deletion while the manager is down', async () => {
    await ome.createBenchmark('held', ENDPOINT);
    await untilJob('held');
    await cluster.manager?.stop();
    try {
      await ome.startRemoving('benchmarkjobs', 'held');
      await ome.untilGone('jobs', 'held');
      expect(await cluster.api.find(ome.path('benchmarkjobs', 'held'))).not.toBeNull();
    } finally {
      await cluster.manager?.start();
    }
    await ome.untilGone('benchmarkjobs', 'held');
  });

  it.each([
    ['a state that is none', 'odd-state', { state: 'Done' }],
    ['a status without a state', 'no-state', { state: null, failureMessage: 'x' }],
  ])('cannot have %s', async (_, name, status) => {
    await ome.createBenchmark(name, 'nobody');
    await ome.untilState(name, /^Pending$/);
    const path = `${ome.path('benchmarkjobs', name)}/status`;
    await expect(cluster.api.patch(path, { status })).rejects.toThrow('status.state');
    await removeBenchmark(name);
  });
});
