/** Every failure of the cluster, made on purpose: recognised while it happens, with its code, its cause and its evidence. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import { leftovers, omeTask, startClusterWorld, stopClusterWorld, type ClusterWorld } from './cluster-world.js';
import { ENGINE_IMAGE, RUNTIME } from './ome-resources.js';
import { OmeStandIn, type OmeOptions } from './ome-stand-in/ome-stand-in.js';
import type { ImageProgram } from './rig/pods/image-program.js';
import { OME } from './support.js';

type Failure = NonNullable<ResultsFile['all_results'][number]['failure']>;

let running: ClusterWorld;
let engine: ImageProgram;
beforeAll(async () => {
  running = await startClusterWorld({ gpus: 2 }, { AUTOTUNER_NAMESPACES: 'default,absent' });
  engine = running.rig.images[ENGINE_IMAGE] as ImageProgram;
});
afterEach(async () => {
  running.rig.images[ENGINE_IMAGE] = engine;
  expect(await leftovers(running)).toEqual([]);
});
afterAll(() => stopClusterWorld(running));

/** An engine that prints this and exits. */
function crashing(stderr: string, code: number): ImageProgram {
  const program = `console.error(${JSON.stringify(stderr)}); setTimeout(() => process.exit(${code}), 50)`;
  return ({ freePort }) => ({ command: [process.execPath, '-e', program], port: freePort });
}

interface Seen {
  readonly failure: Failure;
  readonly seconds: number;
}

/** Runs a task of one combination that fails. The time goes from the engine's deployment to the outcome, without its tear-down. */
async function fail(name: string, more: Partial<TaskFile> = {}): Promise<Seen> {
  const { world } = running;
  const path = await omeTask(world, name, { parameters: { depth: { type: 'choice', values: [1] } }, ...more });
  const ran = await world.cli('run', path, '--direct');
  const results = await world.results(name).catch(() => null);
  const failure = results?.all_results[0]?.failure;
  if (!failure) throw new Error(`${name} did not fail as expected (${ran.code}):\n${ran.stdout}${ran.stderr}`);
  const { deploying = 0, starting = 0 } = results.all_results[0]?.timings_s ?? {};
  const seen = { failure, seconds: deploying + starting };
  console.log(`${name}: ${failure.code} after ${seen.seconds.toFixed(2)} s: ${failure.message.slice(0, 160)}`);
  return seen;
}

describe('a failure is recognised', () => {
  it('an image that cannot be pulled', async () => {
    delete running.rig.images[ENGINE_IMAGE];
    const ran = await running.world.cli('run', await omeTask(running.world, 'image'), '--direct');
    expect(ran.stdout).toMatch(
      new RegExp(`the tune failed \\(IMAGE_PULL_FAILED\\): ImagePullBackOff of ${ENGINE_IMAGE}`)
    );
    expect(ran.code).toBe(5);
  });

  it('an engine that crashes, by its last lines', async () => {
    running.rig.images[ENGINE_IMAGE] = crashing('Traceback\nRuntimeError: the scheduler died', 1);
    const { failure } = await fail('crash');
    expect(failure).toMatchObject({ code: 'ENGINE_CRASHED' });
    expect(failure.message).toContain('the scheduler died');
    expect(failure.evidence.join('\n')).toContain('Traceback');
  });

  it('an argument that the engine refuses', async () => {
    running.rig.images[ENGINE_IMAGE] = crashing('launch_server.py: error: unrecognized arguments: --depth 1', 2);
    expect((await fail('flag')).failure.code).toBe('UNSUPPORTED_FLAG');
  });

  it('an accelerator whose memory is not enough', async () => {
    running.rig.images[ENGINE_IMAGE] = crashing(
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB',
      1
    );
    const { failure } = await fail('cuda');
    expect(failure.code).toBe('OUT_OF_MEMORY');
    expect(failure.message).toContain('CUDA out of memory');
  });

  it('an engine that the kernel ends for want of memory', async () => {
    const dying = crashing('loading weights', 137);
    running.rig.images[ENGINE_IMAGE] = async (container) => ({ ...(await dying(container)), oom: true });
    const { failure } = await fail('oom');
    expect(failure.code).toBe('OUT_OF_MEMORY');
    expect(failure.message).toContain('OOMKilled');
  });

  it('more accelerators than a node has', async () => {
    const { failure } = await fail('gpus', {
      parameters: { tp_size: { type: 'choice', values: [4] } },
      ome: { unschedulable_after: 2 },
    });
    expect(failure.code).toBe('UNSCHEDULABLE');
    expect(failure.message).toMatch(/Insufficient nvidia\.com\/gpu/);
  });

  it('a webhook that refuses, and one that does not answer', async () => {
    await withWebhook({ kind: 'policy' }, async () => {
      const { failure } = await fail('refused');
      expect(failure.code).toBe('ADMISSION_REFUSED');
      expect(failure.message).toContain('no engines on Fridays');
    });
    await withWebhook({ kind: 'dead' }, async () => {
      const ran = await running.world.cli('run', await omeTask(running.world, 'webhook'));
      expect(ran.stdout).toContain('the tune failed (WEBHOOK_UNAVAILABLE)');
      expect(ran.code).toBe(5);
    });
  });
});

describe('what OME says is not believed', () => {
  it('when it is ready with nothing behind it', async () => {
    await behaving({ readyWithoutPods: true }, async () => {
      const { failure } = await fail('hollow', { optimization: { timeout_per_iteration: 3 } });
      expect(failure.code).toBe('ENGINE_START_TIMEOUT');
      expect(failure.message).toContain('ready, they say, but there is no pod');
    });
  });

  it('when it warns about what is well', async () => {
    await behaving({ noisyWarnings: true }, async () => {
      const path = await omeTask(running.world, 'noisy', { parameters: {} });
      expect(await running.world.cli('run', path, '--direct')).toMatchObject({ code: 0 });
    });
  });
});

describe('what every further experiment would meet ends the tune', () => {
  it('a kind of KEDA that is not installed', async () => {
    await behaving({ missingKinds: ['ScaledObject'], kedaByDefault: true }, async () => {
      const ran = await running.world.cli('run', await omeTask(running.world, 'no-keda'), '--direct');
      expect(ran.stdout).toMatch(/the tune failed \(CLUSTER_KIND_MISSING\): .*no matches for kind "ScaledObject"/);
    });
  });

  it.each([
    [
      'no-model',
      { model: { name: 'nowhere', namespace: 'default' } },
      'MODEL_NOT_FOUND',
      /no ClusterBaseModel 'nowhere'/,
    ],
    ['no-runtime', { base_runtime: 'nowhere' }, 'RUNTIME_NOT_FOUND', /no ClusterServingRuntime 'nowhere'/],
    [
      'no-namespace',
      { model: { name: 'tiny', namespace: 'kube-system' } },
      'NOT_ALLOWED',
      /works in default, absent only/,
    ],
    [
      'absent-namespace',
      { model: { name: 'tiny', namespace: 'absent' } },
      'NAMESPACE_NOT_FOUND',
      /namespaces "absent" not found/,
    ],
    ['no-claim', { ome: { benchmark: { claim: 'nowhere' } } }, 'CLAIM_NOT_FOUND', /no PersistentVolumeClaim 'nowhere'/],
  ] satisfies [string, Partial<TaskFile>, string, RegExp][])('%s', async (name, more, code, message) => {
    const ran = await running.world.cli('run', await omeTask(running.world, name, more));
    expect(ran.stdout).toContain(`the tune failed (${code}): `);
    expect(ran.stdout).toMatch(message);
    expect(ran.code).toBe(5);
  });

  it('a runtime for another kind of model', async () => {
    const path = `${OME}/clusterservingruntimes/${RUNTIME}`;
    const runtime = await running.rig.api.get<{ spec: { supportedModelFormats: object[] } }>(path);
    const formats = runtime.spec.supportedModelFormats;
    const other = formats.map((format) => ({ ...format, modelFormat: { name: 'onnx', version: '1' } }));
    await running.rig.api.patch(path, { spec: { supportedModelFormats: other } });
    const ran = await running.world.cli('run', await omeTask(running.world, 'unsuitable'));
    await running.rig.api.patch(path, { spec: { supportedModelFormats: formats } });
    expect(ran.stdout).toContain('the tune failed (RUNTIME_UNSUITABLE)');
  });
});

/** For as long as the body runs OME's stand-in behaves otherwise. */
async function behaving(options: OmeOptions, body: () => Promise<void>): Promise<void> {
  const { rig } = running;
  await rig.ome.stop();
  const other = new OmeStandIn(rig.api, options);
  await other.start();
  try {
    await body();
  } finally {
    await other.stop();
    await rig.ome.start();
  }
}

/** `policy`: an admission policy refuses InferenceServices; `dead`: a webhook that nobody serves. */
async function withWebhook({ kind }: { kind: 'policy' | 'dead' }, body: () => Promise<void>): Promise<void> {
  const { api } = running.rig;
  const rules = [
    { apiGroups: ['ome.io'], apiVersions: ['v1beta1'], resources: ['inferenceservices'], operations: ['CREATE'] },
  ];
  const base = '/apis/admissionregistration.k8s.io/v1';
  if (kind === 'dead') {
    const hooks = `${base}/validatingwebhookconfigurations`;
    await api.create(hooks, {
      metadata: { name: 'dead' },
      webhooks: [
        {
          name: 'dead.example.com',
          rules,
          clientConfig: { url: 'https://127.0.0.1:9/validate' },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          timeoutSeconds: 1,
          admissionReviewVersions: ['v1'],
        },
      ],
    });
    await body().finally(() => api.remove(`${hooks}/dead`));
    return;
  }
  const policies = `${base}/validatingadmissionpolicies`;
  const bindings = `${base}/validatingadmissionpolicybindings`;
  await api.create(policies, {
    metadata: { name: 'fridays' },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: { resourceRules: rules },
      validations: [{ expression: 'false', message: 'no engines on Fridays' }],
    },
  });
  await api.create(bindings, {
    metadata: { name: 'fridays' },
    spec: { policyName: 'fridays', validationActions: ['Deny'] },
  });
  // The API server compiles a policy some moments after it was made.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await body().finally(async () => {
    await api.remove(`${bindings}/fridays`);
    await api.remove(`${policies}/fridays`);
  });
}
