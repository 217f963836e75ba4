import { describe, expect, it } from '@jest/globals';
import type { FailureCode } from '../../domain/failures.js';
import { readEvents, readPod, type PodState } from './pod-state.js';
import { recognise, type Finding } from './recognise.js';

const NAME = 'simple-exp1-0123456789';
const UID = 'b9d3';
const POD = `${NAME}-engine-7c9d-x2v5k`;
const NOW = Date.parse('2026-11-21T12:00:00Z');
const PATIENCE_MS = 20_000;

/** A pod as the API server tells it. */
function pod(status: object, { ageSeconds = 5, deleted = false } = {}): PodState {
  const at = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1000).toISOString();
  const read = readPod({
    metadata: {
      name: POD,
      uid: 'p',
      creationTimestamp: at(ageSeconds) as unknown as Date,
      ...(deleted ? { deletionTimestamp: at(1) as unknown as Date } : {}),
    },
    ...{ status: { phase: 'Pending', ...status } },
  });
  if (!read) throw new Error('not a pod');
  return read;
}

const container = (state: object, more: object = {}): object => ({
  ...{
    name: 'ome-container',
    image: 'docker.io/lmsysorg/sglang:v1',
    imageID: '',
    ready: false,
    restartCount: 0,
    state,
  },
  ...more,
});
const waiting = (reason: string, message = 'said the kubelet'): object => container({ waiting: { reason, message } });
const exit = (exitCode: number, reason = 'Error'): object => ({ terminated: { exitCode, reason } });
const unscheduled = (message: string): object => ({
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
});

interface Said {
  kind?: string;
  name?: string;
  uid?: string;
  reason: string;
  message: string;
  type?: string;
  secondsAgo?: number;
}

/** What is found out from pods and events. */
function found(pods: readonly PodState[], said: readonly Said[] = []): Finding | null {
  const objects = said.map(({ kind = 'InferenceService', name = NAME, uid = UID, secondsAgo = 1, ...event }) => ({
    metadata: {},
    type: 'Warning',
    ...event,
    involvedObject: { kind, name, uid },
    lastTimestamp: new Date(NOW - secondsAgo * 1000).toISOString(),
  }));
  return recognise({ uid: UID, pods, events: readEvents(objects, NAME) }, PATIENCE_MS, NOW);
}

describe('a pod that will not serve', () => {
  it.each<[string, object, FailureCode, string | RegExp]>([
    ...['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable'].map(
      (reason): [string, object, FailureCode, string] => [
        reason,
        { containerStatuses: [waiting(reason)] },
        'IMAGE_PULL_FAILED',
        `${reason} of docker.io/lmsysorg/sglang:v1: said the kubelet`,
      ]
    ),
    ...['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'StartError'].map(
      (reason): [string, object, FailureCode, string] => [
        reason,
        { containerStatuses: [waiting(reason, 'secret "x" not found')] },
        'CONTROLLER_FAILED',
        `the container cannot be made: ${reason}: secret "x" not found`,
      ]
    ),
    [
      'an image of an init container',
      { initContainerStatuses: [waiting('ImagePullBackOff')] },
      'IMAGE_PULL_FAILED',
      /^ImagePullBackOff/,
    ],
    [
      'Evicted',
      { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' },
      'OUT_OF_MEMORY',
      `the pod ${POD} failed: Evicted The node was low on resource: memory.`,
    ],
    [
      'Evicted, with the exit that it forced',
      {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: ephemeral-storage.',
        containerStatuses: [container(exit(137))],
      },
      'ENGINE_CRASHED',
      /Evicted The node was low on resource: ephemeral-storage/,
    ],
    ['failed without a word', { phase: 'Failed' }, 'ENGINE_CRASHED', `the pod ${POD} failed:`],
  ])('%s', (_, status, code, message) => {
    expect(found([pod(status)])).toEqual({
      code,
      message: message instanceof RegExp ? expect.stringMatching(message) : message,
    });
  });

  it.each<[string, object, FailureCode, Partial<Finding['crashed']>]>([
    ['the first exit', { containerStatuses: [container(exit(1))] }, 'ENGINE_CRASHED', { restarted: false }],
    [
      'CrashLoopBackOff',
      { containerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState: exit(1) })] },
      'ENGINE_CRASHED',
      { restarted: true },
    ],
    [
      'an exit that was followed by a restart',
      { phase: 'Running', containerStatuses: [container({ running: {} }, { ready: true, lastState: exit(1) })] },
      'ENGINE_CRASHED',
      { restarted: true },
    ],
    ['an end without an error', { containerStatuses: [container(exit(0, 'Completed'))] }, 'ENGINE_CRASHED', {}],
    ['OOMKilled', { containerStatuses: [container(exit(137, 'OOMKilled'))] }, 'OUT_OF_MEMORY', { restarted: false }],
    [
      'OOMKilled and started again',
      {
        phase: 'Running',
        containerStatuses: [container({ running: {} }, { lastState: exit(137, 'OOMKilled') })],
      },
      'OUT_OF_MEMORY',
      { restarted: true },
    ],
    [
      'a failing init container',
      { initContainerStatuses: [container(exit(3), { name: 'model-init' })] },
      'ENGINE_CRASHED',
      { container: 'model-init' },
    ],
    [
      'a failing init container that is being started again',
      {
        initContainerStatuses: [
          container({ waiting: { reason: 'CrashLoopBackOff' } }, { name: 'model-init', lastState: exit(3) }),
        ],
      },
      'ENGINE_CRASHED',
      { container: 'model-init', restarted: true },
    ],
    [
      'a helper container beside an engine that runs',
      { phase: 'Running', containerStatuses: [container({ running: {} }), container(exit(2), { name: 'helper' })] },
      'ENGINE_CRASHED',
      { container: 'helper' },
    ],
  ])('names the container whose log tells more: %s', (_, status, code, crashed) => {
    expect(found([pod(status)])).toMatchObject({ code, crashed: { pod: POD, container: 'ome-container', ...crashed } });
  });

  it('is found among others', () => {
    const well = pod({ phase: 'Running', containerStatuses: [container({ running: {} }, { ready: true })] });
    expect(found([well, pod({ containerStatuses: [waiting('ImagePullBackOff')] })])?.code).toBe('IMAGE_PULL_FAILED');
  });
});

describe('a pod without a node', () => {
  const gpus = '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.';
  const claim = 'persistentvolumeclaim "models" not found';

  it.each([gpus, claim])('is given up after the patience, not before: %s', (message) => {
    expect(found([pod(unscheduled(message), { ageSeconds: 19.9 })])).toBeNull();
    expect(found([pod(unscheduled(message), { ageSeconds: 20 })])).toEqual({
      code: 'UNSCHEDULABLE',
      message: `no node has room for the engine: ${message}`,
    });
  });

  it('is no matter once it is being deleted, or has found one', () => {
    expect(found([pod(unscheduled(gpus), { ageSeconds: 600, deleted: true })])).toBeNull();
    const scheduled = { conditions: [{ type: 'PodScheduled', status: 'True' }] };
    expect(found([pod(scheduled, { ageSeconds: 600 })])).toBeNull();
  });

  it('is not given up for an event while it is young', () => {
    const event = { kind: 'Pod', name: POD, reason: 'FailedScheduling', message: gpus };
    expect(found([pod(unscheduled(gpus))], [event])).toBeNull();
    expect(found([], [event])).toBeNull();
  });
});

const REFUSED = 'admission webhook "policy.example.com" denied the request: images must be signed';
const QUOTA = 'pods "x" is forbidden: exceeded quota: gpus, requested: nvidia.com/gpu=2, used: 8, limited: 8';
const SECURITY = 'pods "x" is forbidden: violates PodSecurity "restricted:latest": hostPath volumes';
const WEBHOOK =
  'Internal error occurred: failed calling webhook "pods.ome.io": Post "https://ome-webhook": connection refused';
const KEDA = 'no matches for kind "ScaledObject" in version "keda.sh/v1alpha1"';

describe('events that mean a failure', () => {
  it.each<[FailureCode, string, string]>([
    ['RUNTIME_UNSUITABLE', 'RuntimeValidationError', 'runtime x does not support the model'],
    ['RUNTIME_UNSUITABLE', 'RuntimeSelectionError', 'no runtime found to support the model'],
    ['MODEL_NOT_FOUND', 'ModelReconcileError', 'specified base model m is disabled'],
    ['CONTROLLER_FAILED', 'MergeSpecsError', 'cannot merge'],
    ['CLUSTER_KIND_MISSING', 'InternalError', `failed to reconcile: ${KEDA}`],
    ['CLUSTER_KIND_MISSING', 'MergeSpecsError', KEDA],
    ['CLUSTER_KIND_MISSING', 'InternalError', 'no kind "ScaledObject" is registered for version "keda.sh/v1alpha1"'],
    ['WEBHOOK_UNAVAILABLE', 'InternalError', WEBHOOK],
    ['ADMISSION_REFUSED', 'InternalError', REFUSED],
  ])('%s by %s of the InferenceService', (code, reason, message) => {
    const expected = { code, message: `InferenceService/${NAME}: ${reason}: ${message}` };
    expect(found([], [{ reason, message }])).toEqual(expected);
    // OME tries again for ever: a pod of an earlier try does not make it good.
    const well = pod({ phase: 'Running', containerStatuses: [container({ running: {} }, { ready: true })] });
    expect(found([well], [{ reason, message }])).toEqual(expected);
  });

  it.each<[FailureCode, string]>([
    ['ADMISSION_REFUSED', QUOTA],
    ['ADMISSION_REFUSED', SECURITY],
    ['ADMISSION_REFUSED', REFUSED],
    ['WEBHOOK_UNAVAILABLE', WEBHOOK],
  ])('%s while there is no pod: %s', (code, message) => {
    const event = { kind: 'ReplicaSet', name: `${NAME}-engine-7c9d`, uid: 'rs', reason: 'FailedCreate', message };
    expect(found([], [event])).toMatchObject({ code, message: expect.stringContaining('FailedCreate') });
    // Where a pod is, it has passed.
    expect(found([pod({})], [event])).toBeNull();
  });

  it('count from the newest', () => {
    const early = { reason: 'ModelReconcileError', message: 'm is disabled', secondsAgo: 9 };
    const late = { reason: 'RuntimeSelectionError', message: 'no runtime', secondsAgo: 2 };
    for (const events of [
      [early, late],
      [late, early],
    ])
      expect(found([], events)?.code).toBe('RUNTIME_UNSUITABLE');
  });

  it('are found behind harmless ones', () => {
    const harmless = { reason: 'UpdateFailed', message: 'the object has been modified', secondsAgo: 1 };
    expect(found([], [harmless, { reason: 'InternalError', message: KEDA, secondsAgo: 5 }])?.code).toBe(
      'CLUSTER_KIND_MISSING'
    );
  });
});

describe('what is no failure', () => {
  const conflict =
    `Operation cannot be fulfilled on inferenceservices.ome.io "${NAME}": ` +
    'the object has been modified; please apply your changes to the latest version and try again';

  it('nothing at all', () => {
    expect(found([])).toBeNull();
    expect(found([pod({ phase: 'Unknown' })])).toBeNull();
  });

  it.each<[string, object]>([
    ['being created', { containerStatuses: [waiting('ContainerCreating')] }],
    ['waiting for its init container', { containerStatuses: [waiting('PodInitializing')] }],
    ['pulling for the first time', { containerStatuses: [waiting('ErrImagePull')] }],
    [
      'behind an init container that has done its work',
      { initContainerStatuses: [container(exit(0, 'Completed'))], containerStatuses: [waiting('PodInitializing')] },
    ],
    [
      'behind an init container that needed two tries',
      {
        phase: 'Running',
        initContainerStatuses: [container(exit(0, 'Completed'), { restartCount: 1, lastState: exit(1) })],
        containerStatuses: [container({ running: {} })],
      },
    ],
    ['running, not ready', { phase: 'Running', containerStatuses: [container({ running: {} })] }],
  ])('a pod %s', (_, status) => {
    expect(found([pod(status, { ageSeconds: 600 })])).toBeNull();
  });

  it.each<[string, Said]>([
    ['a conflict while the status is written', { reason: 'UpdateFailed', message: conflict }],
    ['a conflict with another writer', { reason: 'InternalError', message: conflict }],
    ['a reason that only sounds bad', { reason: 'SomethingFailed', message: 'and was tried again' }],
    [
      'an autoscaler without a metrics API',
      {
        kind: 'HorizontalPodAutoscaler',
        name: `${NAME}-engine`,
        reason: 'FailedGetResourceMetric',
        message:
          'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource ' +
          'metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
      },
    ],
    ['a probe', { kind: 'Pod', name: POD, reason: 'Unhealthy', message: 'Readiness probe failed: dial tcp' }],
    ['no warning', { type: 'Normal', reason: 'ModelReconcileError', message: KEDA }],
    ["an earlier InferenceService's", { uid: 'older', reason: 'RuntimeSelectionError', message: 'no runtime found' }],
    ["an earlier InferenceService's message", { uid: 'older', reason: 'InternalError', message: KEDA }],
    ['of an OME reason by another kind', { kind: 'Pod', name: POD, reason: 'MergeSpecsError', message: 'x' }],
  ])('an event: %s', (_, event) => {
    expect(found([], [event])).toBeNull();
    expect(found([pod({ containerStatuses: [waiting('ContainerCreating')] })], [event])).toBeNull();
  });

  it.each([`${NAME}0`, `${NAME.slice(0, -1)}`, `x-${NAME}`, `${NAME}0-engine-1`])(
    'an event of an object with a similar name: %s',
    (name) => {
      expect(found([], [{ kind: 'ReplicaSet', name, reason: 'FailedCreate', message: QUOTA }])).toBeNull();
      expect(found([], [{ name, reason: 'ModelReconcileError', message: 'x' }])).toBeNull();
    }
  );
});
