/**
 * What OME's controllers do, as far as this project depends on it. Here the stand-in does it; every test is written so that it
 * holds for the real ones too.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  KubernetesListObject,
  V1Container,
  V1Deployment,
  V1Job,
  V1Pod,
  V1PodSpec,
  V1Service,
} from '@kubernetes/client-node';
import { BENCHMARK_IMAGE } from './ome-stand-in/benchmark-pod.js';
import { modelLabel } from './ome-stand-in/names.js';
import { OmeStandIn, type OmeOptions } from './ome-stand-in/ome-stand-in.js';
import type { BenchmarkJob, InferenceService } from './ome-stand-in/types.js';
import {
  benchmarkJob,
  createModelAndRuntime,
  ENGINE_IMAGE,
  inferenceService,
  MODEL,
  model,
  runtime,
  RUNTIME,
} from './ome-resources.js';
import type { Api } from './rig/api.js';
import { NODE, Rig } from './rig/rig.js';
import {
  BENCHMARKS,
  claim,
  CLAIMS,
  eventsOf,
  NAMESPACE,
  OME,
  PODS,
  script,
  SERVER,
  SERVICES as INFERENCE_SERVICES,
  untilEvent,
  untilGone,
  untilObject,
} from './support.js';

const DEPLOYMENTS = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
const SERVICES = `/api/v1/namespaces/${NAMESPACE}/services`;
const JOBS = `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`;
const STRICT = 'fieldValidation=Strict';
const CLAIM = 'results';
const FOREGROUND = { propagationPolicy: 'Foreground' };

let rig: Rig;
let api: Api;

beforeAll(async () => {
  rig = await Rig.up({
    images: {
      [ENGINE_IMAGE]: SERVER,
      [BENCHMARK_IMAGE]: ({ args }) => ({ command: ['echo', ...args] }),
      'fails:1': script('console.error("the cause"); process.exit(1)'),
    },
  });
  api = rig.api;
  await createModelAndRuntime(api, NODE, '/models/tiny');
  await api.create(CLAIMS, claim(CLAIM));
});
afterAll(async () => {
  await rig?.down();
});

const createService = (object: object): Promise<InferenceService> =>
  api.create(`${INFERENCE_SERVICES}?${STRICT}`, object);
const createBenchmark = (object: object): Promise<BenchmarkJob> => api.create(`${BENCHMARKS}?${STRICT}`, object);
const conditionOf = ({ status }: InferenceService, type: string) =>
  status?.conditions?.find((condition) => condition.type === type)?.status;
const untilReady = (name: string): Promise<InferenceService> =>
  untilObject<InferenceService>(
    api,
    `${INFERENCE_SERVICES}/${name}`,
    'ready',
    (it) => conditionOf(it, 'Ready') === 'True'
  );
const untilState = (name: string, state: string): Promise<BenchmarkJob> =>
  untilObject<BenchmarkJob>(api, `${BENCHMARKS}/${name}`, state, ({ status }) => status?.state === state);

async function untilEngine(name: string): Promise<V1PodSpec> {
  const path = `${DEPLOYMENTS}/${name}-engine`;
  const there = (deployment: V1Deployment): boolean => deployment.metadata?.uid !== undefined;
  const { spec } = await untilObject<V1Deployment>(api, path, 'there', there);
  return spec?.template.spec ?? { containers: [] };
}

async function podsOf(selector: string): Promise<V1Pod[]> {
  const list = await api.get<KubernetesListObject<V1Pod>>(`${PODS}?labelSelector=${encodeURIComponent(selector)}`);
  return list.items;
}

/** Deletes an InferenceService with all that it owns, to make room for its GPUs. */
async function remove(name: string): Promise<void> {
  await api.remove(`${INFERENCE_SERVICES}/${name}`, FOREGROUND);
  await untilGone(api, `${INFERENCE_SERVICES}/${name}`);
}

describe('an InferenceService', () => {
  it('becomes a Deployment and Services, and is ready when the engine is', async () => {
    await createService(inferenceService('serves'));
    const ready = await untilReady('serves');
    expect(ready.metadata?.finalizers).toContain('inferenceservice.finalizers');
    expect(ready.status?.url).toBe(`http://serves.${NAMESPACE}.svc.cluster.local:8080`);
    expect([conditionOf(ready, 'EngineReady'), conditionOf(ready, 'IngressReady')]).toEqual(['True', 'True']);
    for (const name of ['serves-engine', 'serves']) {
      const service = await api.get<V1Service>(`${SERVICES}/${name}`);
      expect(service.spec?.ports).toEqual([expect.objectContaining({ port: 8080, targetPort: 8080 })]);
    }
    const labels = { 'ome.io/inferenceservice': 'serves', component: 'engine', app: 'serves-engine' };
    const [pod] = await podsOf('app=serves-engine');
    // Our own labels come along.
    expect(pod?.metadata?.labels).toMatchObject({ ...labels, 'tuner.test/owner': 'us' });
    await remove('serves');
  });

  it('is not ready before its engine listens', async () => {
    const runner = { name: 'ome-container', image: 'not-there:1' };
    await createService(inferenceService('waits', { runner }));
    const path = `${INFERENCE_SERVICES}/waits`;
    await untilObject<InferenceService>(api, path, 'not ready', (it) => conditionOf(it, 'EngineReady') === 'False');
    const waiting = await api.get<InferenceService>(path);
    expect([conditionOf(waiting, 'Ready'), conditionOf(waiting, 'IngressReady')]).toEqual(['False', 'True']);
    await remove('waits');
  });

  it('takes the port of its first container', async () => {
    const ports = [{ containerPort: 9000 }];
    const engineConfig = { runner: { name: 'ome-container', image: ENGINE_IMAGE, ports } };
    await api.apply(`${OME}/clusterservingruntimes/port-9000`, runtime('port-9000', { engineConfig }));
    await createService(inferenceService('other-port', {}, { runtime: { name: 'port-9000' } }));
    expect((await untilReady('other-port')).status?.url).toMatch(/:9000$/);
    expect((await untilEngine('other-port')).containers[0]?.readinessProbe?.tcpSocket?.port).toBe(9000);
    await remove('other-port');
  });

  it('never gets ready without an engine of its own', async () => {
    await createService(inferenceService('no-engine', null));
    const path = `${INFERENCE_SERVICES}/no-engine`;
    await untilObject<InferenceService>(api, path, 'seen', ({ metadata }) => Boolean(metadata?.finalizers?.length));
    // Whoever comes later is served: this one was not forgotten but cannot be.
    await createService(inferenceService('with-engine'));
    await untilReady('with-engine');
    expect(await api.find(`${SERVICES}/no-engine`)).toBeNull();
    expect(conditionOf(await api.get<InferenceService>(path), 'Ready')).not.toBe('True');
    await Promise.all([remove('no-engine'), remove('with-engine')]);
  });

  it('replaces the arguments of the runtime, keeps image and command, merges resources and variables', async () => {
    const runner = {
      name: 'ome-container',
      args: ['--model', '$(MODEL_PATH)', '--port', '8080'],
      env: [{ name: 'OURS', value: 'yes' }],
      resources: { limits: { 'nvidia.com/gpu': 2 }, requests: { 'nvidia.com/gpu': 2 } },
    };
    await createService(inferenceService('merged', { runner }));
    const [engine] = (await untilEngine('merged')).containers as [V1Container];
    expect(engine.args).toEqual(['--model', '$(MODEL_PATH)', '--port', '8080']);
    expect([engine.image, engine.command]).toEqual([ENGINE_IMAGE, ['serve']]);
    expect(engine.resources?.limits).toEqual({ cpu: '2', 'nvidia.com/gpu': '2' });
    expect(engine.resources?.requests).toEqual({ cpu: '1', 'nvidia.com/gpu': '2' });
    expect(engine.env).toEqual(
      expect.arrayContaining([
        { name: 'OURS', value: 'yes' },
        { name: 'FROM_RUNTIME', value: 'yes' },
        { name: 'MODEL_PATH', value: '/models/tiny' },
        { name: 'PARALLELISM_SIZE', value: '2' },
      ])
    );
    await remove('merged');
  });

  it('has a readiness probe that only opens the port, unless the runtime has one', async () => {
    await createService(inferenceService('probed'));
    const [engine] = (await untilEngine('probed')).containers;
    expect(engine?.readinessProbe?.tcpSocket).toEqual({ port: 8080 });
    await remove('probed');
  });

  it('goes only where the model is', async () => {
    await createService(inferenceService('placed'));
    expect((await untilEngine('placed')).nodeSelector).toEqual({
      [`models.ome.io/clusterbasemodel.${MODEL}`]: 'Ready',
    });
    await remove('placed');
    const name = 'a-model-with-a-name-of-more-than-32-characters';
    await api.apply(`${OME}/clusterbasemodels/${name}`, model(name, '/models/long'));
    await createService(inferenceService('pending', {}, { model: { name } }));
    const label = modelLabel(name);
    expect(label).toMatch(/^models\.ome\.io\/clusterbasemodel\.[0-9a-f]{8}-.{23}$/);
    expect((await untilEngine('pending')).nodeSelector).toEqual({ [label]: 'Ready' });
    const [pod] = await untilPods('app=pending-engine');
    await untilEvent(
      api,
      pod?.metadata?.name ?? '',
      /^Warning FailedScheduling: .*didn't match Pod's node affinity\/selector/
    );
    await rig.label({ [label]: 'Ready' });
    await untilReady('pending');
    await remove('pending');
  });

  it('is deleted with everything under it while the manager is alive, and hangs while it is not', async () => {
    await createService(inferenceService('deleted'));
    await untilReady('deleted');
    await rig.ome.stop();
    await api.remove(`${INFERENCE_SERVICES}/deleted`, FOREGROUND);
    await untilGone(api, `${DEPLOYMENTS}/deleted-engine`);
    const path = `${INFERENCE_SERVICES}/deleted`;
    const finalizers = (await api.get<InferenceService>(path)).metadata?.finalizers;
    expect(finalizers).toContain('inferenceservice.finalizers');
    await rig.ome.start();
    await untilGone(api, path);
    expect(await podsOf('app=deleted-engine')).toEqual([]);
  });
});

describe('what is wrong with an InferenceService is told by events only:', () => {
  const untold = async (name: string): Promise<void> => {
    expect((await api.get<InferenceService>(`${INFERENCE_SERVICES}/${name}`)).status ?? {}).toEqual({});
    await remove(name);
  };

  it('a runtime that does not exist', async () => {
    await createService(inferenceService('no-runtime', {}, { runtime: { name: 'nowhere' } }));
    await untilEvent(api, 'no-runtime', /^Warning RuntimeValidationError: .*runtime nowhere not found/);
    await untold('no-runtime');
  });

  it('a runtime that is disabled', async () => {
    await api.apply(`${OME}/clusterservingruntimes/off`, runtime('off', { disabled: true }));
    await createService(inferenceService('runtime-off', {}, { runtime: { name: 'off' } }));
    await untilEvent(api, 'runtime-off', /^Warning RuntimeValidationError: .*runtime off is disabled/);
    await untold('runtime-off');
  });

  it('a runtime that does not fit the model, until it does', async () => {
    const path = `${OME}/clusterbasemodels/exotic`;
    await api.apply(path, model('exotic', '/models/exotic', { modelArchitecture: 'Strange' }));
    await createService(inferenceService('unfit', {}, { model: { name: 'exotic' } }));
    await untilEvent(api, 'unfit', /^Warning RuntimeValidationError: .*does not support model exotic.*architecture/);
    await rig.label({ [modelLabel('exotic')]: 'Ready' });
    await api.patch(path, { spec: { modelArchitecture: null } });
    await untilReady('unfit');
    await remove('unfit');
  });

  it('no runtime that fits, when none is named', async () => {
    await api.apply(`${OME}/clusterbasemodels/unserved`, model('unserved', '/m', { quantization: 'fp8' }));
    const object = inferenceService('none-fits', {}, { model: { name: 'unserved' }, runtime: undefined });
    await createService(object);
    await untilEvent(api, 'none-fits', /^Warning RuntimeSelectionError: Failed to find runtime for model unserved/);
    await untold('none-fits');
  });

  it('a model that is disabled', async () => {
    await api.apply(`${OME}/clusterbasemodels/off`, model('off', '/models/off', { disabled: true }));
    await createService(inferenceService('model-off', {}, { model: { name: 'off' } }));
    await untilEvent(api, 'model-off', /^Warning ModelReconcileError: specified base model off is disabled/);
    await untold('model-off');
  });

  it('not even that for a model that does not exist', async () => {
    await createService(inferenceService('no-model', {}, { model: { name: 'nowhere' } }));
    // By the time that the other mistake has been told, this one would have been too.
    await createService(inferenceService('told', {}, { runtime: { name: 'nowhere' } }));
    await untilEvent(api, 'told', /RuntimeValidationError/);
    expect(await eventsOf(api, 'no-model')).toEqual([]);
    await Promise.all([untold('no-model'), untold('told')]);
  });
});

describe('a BenchmarkJob', () => {
  it('becomes a Job that calls genai-bench on the InferenceService', async () => {
    await createService(inferenceService('target'));
    await untilReady('target');
    const more = {
      resultFolderName: 'folder',
      dataset: { storageUri: 'pvc://data/set' },
      additionalRequestParams: { a: '1' },
    };
    await createBenchmark(benchmarkJob('measures', 'target', CLAIM, more));
    const completed = await untilState('measures', 'Completed');
    expect(completed.metadata?.finalizers).toContain('benchmarkjob.finalizers');
    expect(completed.status).toMatchObject({ startTime: expect.any(String), completionTime: expect.any(String) });
    const job = await api.get<V1Job>(`${JOBS}/measures`);
    expect(job.metadata?.labels).toMatchObject({ benchmark: 'measures' });
    expect(job.spec).toMatchObject({ backoffLimit: 0 });
    expect([job.spec?.activeDeadlineSeconds, job.spec?.ttlSecondsAfterFinished]).toEqual([undefined, undefined]);
    const { command, args, volumeMounts } = job.spec?.template.spec?.containers[0] as V1Container;
    // Neither the data set nor the request parameters are passed on; key and model name are fixed.
    expect([...(command ?? []), ...(args ?? [])].join(' ')).toBe(
      'genai-bench benchmark --api-backend openai ' +
        `--api-base http://target.${NAMESPACE}.svc.cluster.local:8080 --api-model-name vllm-model --task text-to-text ` +
        '--max-time-per-run 1 --max-requests-per-run 20 --api-key sample-key --model-tokenizer /models/tiny ' +
        '--traffic-scenario D(100,100) --num-concurrency 1 --num-concurrency 4 --experiment-folder-name folder ' +
        '--experiment-base-dir /results/measures'
    );
    expect(volumeMounts).toContainEqual(
      expect.objectContaining({ mountPath: '/results/measures', subPath: 'results/measures' })
    );
    await api.remove(`${BENCHMARKS}/measures`, FOREGROUND);
    await untilGone(api, `${BENCHMARKS}/measures`);
    expect(await podsOf('benchmark=measures')).toEqual([]);
    await remove('target');
  });

  it('takes an endpoint as it is, without key and tokenizer', async () => {
    await createBenchmark(benchmarkJob('direct', 'http://somewhere:1234', CLAIM));
    await untilState('direct', 'Completed');
    const { spec } = await api.get<V1Job>(`${JOBS}/direct`);
    const args = spec?.template.spec?.containers[0]?.args ?? [];
    expect(args.slice(0, 7)).toEqual([
      'benchmark',
      ...['--api-backend', 'openai', '--api-base', 'http://somewhere:1234', '--api-model-name', 'some-model'],
    ]);
    expect(args).not.toEqual(expect.arrayContaining([expect.stringMatching(/--api-key|--model-tokenizer/)]));
  });

  it('fails with a message that is only that of the Job', async () => {
    await createBenchmark(benchmarkJob('fails', 'http://somewhere:1234', CLAIM, { podOverride: { image: 'fails:1' } }));
    const failed = await untilState('fails', 'Failed');
    expect(failed.status?.failureMessage).toMatch(/backoff limit/i);
    expect(await podsOf('benchmark=fails')).toHaveLength(1);
  });

  it('waits, pending, for an InferenceService that is not ready', async () => {
    await createBenchmark(benchmarkJob('early', 'nobody', CLAIM));
    await untilState('early', 'Pending');
    expect(await api.find(`${JOBS}/early`)).toBeNull();
  });

  it('is stuck without its claim', async () => {
    await createBenchmark(benchmarkJob('no-claim', 'http://somewhere:1234', 'nobodys'));
    const path = `${BENCHMARKS}/no-claim`;
    const stuck = await untilObject<BenchmarkJob>(api, path, 'seen', ({ status }) => status !== undefined);
    expect(['Pending', 'Running']).toContain(stuck.status?.state);
  });

  it('hangs in its deletion while the manager is down', async () => {
    await createBenchmark(benchmarkJob('held', 'http://somewhere:1234', CLAIM));
    await untilState('held', 'Completed');
    await rig.ome.stop();
    await api.remove(`${BENCHMARKS}/held`, FOREGROUND);
    await untilGone(api, `${JOBS}/held`);
    expect(await api.find(`${BENCHMARKS}/held`)).not.toBeNull();
    await rig.ome.start();
    await untilGone(api, `${BENCHMARKS}/held`);
  });
});

describe('strict validation', () => {
  const without = (object: object, field: string): object => {
    const { spec } = object as { spec: Record<string, unknown> };
    return { ...object, spec: Object.fromEntries(Object.entries(spec).filter(([key]) => key !== field)) };
  };

  it.each(['endpoint', 'task', 'maxTimePerIteration', 'maxRequestsPerIteration', 'outputLocation'])(
    'refuses a BenchmarkJob without %s',
    async (field) => {
      const object = without(benchmarkJob('invalid', 'http://somewhere:1', CLAIM), field);
      await expect(createBenchmark(object)).rejects.toThrow(`spec.${field}: Required value`);
    }
  );

  const runner = { name: 'ome-container' };
  const output = { storageUri: 'pvc://a/b' };
  it.each([
    [
      'spec.runtime.runtimeParameters',
      inferenceService('x', {}, { runtime: { name: RUNTIME, runtimeParameters: {} } }),
    ],
    ['spec.engine.resources', inferenceService('x', { resources: {} })],
    ['spec.engine.runner.arguments', inferenceService('x', { runner: { ...runner, arguments: [] } })],
    ['spec.engine.runner.resources.limit', inferenceService('x', { runner: { ...runner, resources: { limit: {} } } })],
    ['spec.endpoint.url', benchmarkJob('x', '', CLAIM, { endpoint: { url: 'http://a' } })],
    ['spec.outputLocation.uri', benchmarkJob('x', 'http://a', CLAIM, { outputLocation: { ...output, uri: '' } })],
    ['spec.benchmarkParameters', benchmarkJob('x', 'http://a', CLAIM, { benchmarkParameters: {} })],
  ])('refuses the unknown field %s', async (field, object) => {
    const path = (object as { kind: string }).kind === 'BenchmarkJob' ? BENCHMARKS : INFERENCE_SERVICES;
    await expect(api.create(`${path}?${STRICT}`, object)).rejects.toThrow(`unknown field "${field}"`);
  });

  it.each([
    ['a state that is none', { state: 'Done' }],
    ['a status without a state', { state: null, failureMessage: 'x' }],
  ])('refuses %s', async (_, status) => {
    await createBenchmark(benchmarkJob('status', 'nobody', CLAIM));
    await untilState('status', 'Pending');
    await expect(api.patch(`${BENCHMARKS}/status/status`, { status })).rejects.toThrow('status.state');
    await api.remove(`${BENCHMARKS}/status`);
    await untilGone(api, `${BENCHMARKS}/status`);
  });
});

describe('on request the stand-in', () => {
  const behaving = async (options: OmeOptions, body: () => Promise<void>): Promise<void> => {
    await rig.ome.stop();
    const other = new OmeStandIn(api, options);
    await other.start();
    try {
      await body();
    } finally {
      await other.stop();
      await rig.ome.start();
    }
  };

  it('warns about what is well', async () => {
    await behaving({ noisyWarnings: true }, async () => {
      await createService(inferenceService('noisy'));
      await untilReady('noisy');
      await untilEvent(api, 'noisy', /^Warning UpdateFailed: .*the object has been modified/);
      await untilEvent(api, 'noisy', /^Warning InternalError: /);
    });
    await remove('noisy');
  });

  it('says that it is ready with nothing behind it', async () => {
    await behaving({ readyWithoutPods: true }, async () => {
      await createService(inferenceService('hollow'));
      await untilReady('hollow');
      expect(await api.find(`${DEPLOYMENTS}/hollow-engine`)).toBeNull();
      await remove('hollow');
    });
  });

  it('lacks a kind that is asked for', async () => {
    await behaving({ missingKinds: ['ScaledObject'] }, async () => {
      await createService(inferenceService('scaled', {}, { kedaConfig: { enableKeda: true } }));
      await untilEvent(
        api,
        'scaled',
        /^Warning InternalError: .*no matches for kind "ScaledObject" in version "keda.sh/
      );
    });
    await remove('scaled');
  });
});

async function untilPods(selector: string): Promise<V1Pod[]> {
  const path = `${PODS}?labelSelector=${encodeURIComponent(selector)}`;
  const list = await untilObject<KubernetesListObject<V1Pod>>(api, path, 'there', ({ items }) => items.length > 0);
  return list.items;
}
