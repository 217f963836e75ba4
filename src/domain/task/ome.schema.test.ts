import { describe, expect, it } from '@jest/globals';
import { parseTask } from './parse-task.js';
import { describeIssue } from './task-issue.js';

/** What is said about a task with these settings of its place in the cluster; empty when it is taken. */
function issuesOf(ome: unknown): string[] {
  const parsed = parseTask({
    ...{ task_name: 'x', model: { name: 'm' }, base_runtime: 'rt', optimization: {}, ome },
    ...{ parameters: { tp_size: { type: 'choice', values: [1] } }, benchmark: { model_name: 'm' } },
  });
  return 'issues' in parsed ? parsed.issues.map(describeIssue) : [];
}

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const mounted = (mount_path: string): object => ({ volumes: [{ mount_path, claim: 'c' }] });

describe('what a task may say about its place in the cluster', () => {
  it('is nothing at all, or every field that there is', () => {
    expect(issuesOf(undefined)).toEqual([]);
    const place = {
      node_selector: { 'topology.kubernetes.io/zone': 'eu-1a', pool: '', Mixed_Case: 'A.b-c_d' },
      tolerations: [
        { key: 'nvidia.com/gpu', effect: 'NoSchedule' },
        { operator: 'Exists' },
        { operator: 'Equal', key: 'a', value: '', effect: 'NoExecute' },
      ],
      environment: {
        NCCL_DEBUG: 'INFO',
        _x: '',
        HF_TOKEN: { secret: 'hub-token', key: 'token.txt' },
        PYTHONUNBUFFERED: '1',
      },
    };
    const task = {
      ...place,
      accelerator_resource: 'amd.com/gpu',
      accelerators: 4,
      volumes: [
        { mount_path: '/dev/shm', memory: '16Gi' },
        { mount_path: '/models', claim: 'models', read_only: true },
        { mount_path: '/opt/config', config_map: 'settings' },
      ],
      image: `registry.example.com:5000/lmsysorg/sglang@${DIGEST}`,
      unschedulable_after: 0,
      benchmark: {
        ...place,
        endpoint: 'url',
        claim: 'results',
        image: 'ghcr.io/sgl-project/genai-bench:0.0.5',
        reader_image: `busybox@${DIGEST}`,
        hugging_face_secret: 'hub',
        resources: { cpu: '500m', memory: '1.5Gi', 'ephemeral-storage': '10G' },
      },
    };
    expect(issuesOf(task)).toEqual([]);
  });

  it.each([
    'securityContext',
    'security_context',
    'hostPath',
    'hostNetwork',
    'serviceAccountName',
    'service_account',
    'command',
    'args',
    'runner',
    'initContainers',
    'privileged',
  ])('is not %s, wherever it is put', (key) => {
    const unknown = expect.stringMatching(new RegExp(`${key}: unknown key`));
    expect(issuesOf({ [key]: 'x' })).toEqual([unknown]);
    expect(issuesOf({ benchmark: { [key]: 'x' } })).toEqual([unknown]);
    expect(issuesOf({ tolerations: [{ [key]: 'x' }] })).toEqual([unknown]);
    expect(issuesOf({ environment: { A: { secret: 's', key: 'k', [key]: 'x' } } })).not.toEqual([]);
    expect(issuesOf({ volumes: [{ mount_path: '/x', claim: 'c', [key]: 'x' }] })).toEqual([unknown]);
  });

  it('tells a misspelt field from an unknown one', () => {
    expect(issuesOf({ node_selektor: {} })).toEqual(["ome.node_selektor: unknown key; did you mean 'node_selector'?"]);
  });

  it.each<[string, object, string]>([
    [
      'an image by tag',
      { image: 'lmsysorg/sglang:latest' },
      "ome.image: must be given by digest: 'registry/name@sha256:...'",
    ],
    [
      'an image by name',
      { image: 'lmsysorg/sglang' },
      "ome.image: must be given by digest: 'registry/name@sha256:...'",
    ],
    [
      'an image by a short digest',
      { image: 'x@sha256:abc' },
      "ome.image: must be given by digest: 'registry/name@sha256:...'",
    ],
    ['a claim that is no name', { benchmark: { claim: 'A/b' } }, 'ome.benchmark.claim: must be a DNS name'],
    ['a number as a label', { node_selector: { pool: 1 } }, 'ome.node_selector.pool: must be a string, not 1'],
    ['a truth as a label', { node_selector: { gpu: true } }, 'ome.node_selector.gpu: must be a string, not true'],
    [
      'a label with a blank',
      { node_selector: { a: 'b c' } },
      'ome.node_selector.a: must be a label value, and a string',
    ],
    ['a label key with a blank', { node_selector: { 'a b': 'c' } }, 'ome.node_selector.a b: must be a label key'],
    [
      'a template as a label',
      { node_selector: { a: '{{x}}' } },
      'ome.node_selector.a: must be a label value, and a string',
    ],
    ['a number in the environment', { environment: { A: 1 } }, 'ome.environment.A: cannot be 1'],
    ['a name with a dash', { environment: { 'A-B': '1' } }, 'ome.environment.A-B: must be the name of a variable'],
    [
      'a quantity in words',
      { volumes: [{ mount_path: '/x', memory: '8 GB' }] },
      "ome.volumes[0].memory: must be a quantity such as '8Gi' or '500m'",
    ],
    [
      'more than one source',
      { volumes: [{ mount_path: '/x', claim: 'c', memory: '1Gi' }] },
      'ome.volumes[0]: needs exactly one of claim, config_map and memory',
    ],
    [
      'no source',
      { volumes: [{ mount_path: '/x' }] },
      'ome.volumes[0]: needs exactly one of claim, config_map and memory',
    ],
    ['half an accelerator', { accelerators: 0.5 }, 'ome.accelerators: '],
    [
      'an unknown way to the engine',
      { benchmark: { endpoint: 'ingress' } },
      'ome.benchmark.endpoint: must be one of inference-service, url, not "ingress"',
    ],
  ])('is not %s, and the message says why', (_, ome, message) => {
    expect(issuesOf(ome)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ...['LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT', 'PATH', 'BASH_ENV', 'ENV'],
    ...[
      'PYTHONPATH',
      'PYTHONSTARTUP',
      'PYTHONHOME',
      'PYTHONUSERBASE',
      'PYTHONBREAKPOINT',
      'PYTHONWARNINGS',
      'CUDA_INJECTION64_PATH',
      'GCONV_PATH',
    ],
  ])('is not the variable %s, which changes what runs', (name) => {
    expect(issuesOf({ environment: { [name]: 'x' } })).toEqual([`ome.environment.${name}: changes which code runs`]);
    expect(issuesOf({ environment: { [name]: { secret: 's', key: 'k' } } })).toHaveLength(1);
    expect(issuesOf({ benchmark: { environment: { [name]: 'x' } } })).toEqual([
      `ome.benchmark.environment.${name}: changes which code runs`,
    ]);
    expect(issuesOf({ environment: { [`MY_${name}`]: 'x' } })).toEqual([]);
  });

  it.each([
    ...[
      '/proc',
      '/proc/',
      '/proc/1',
      '/sys/fs',
      '/etc',
      '/etc/ssl',
      '/run/secrets',
      '/var/run/docker.sock',
      '/dev',
      '/dev/x',
    ],
    ...['/usr/lib', '/bin', '/sbin', '/lib', '/lib64', '/models/../etc', '/./etc', '/x/./y', '/models/..', '/.'],
  ])('is no volume over %s', (path) => {
    expect(issuesOf(mounted(path))).toEqual(['ome.volumes[0].mount_path: is not a place for a volume']);
  });

  it.each(['/', '//etc', '/x//y', 'models', '', '/a b', '/a:b', '/{{x}}', '/x\n'])('is no volume at %j', (path) => {
    expect(issuesOf(mounted(path))).toEqual(['ome.volumes[0].mount_path: must be an absolute path']);
  });

  it.each([
    '/processed',
    '/system',
    '/runs',
    '/etcd',
    '/library',
    '/root/.cache/hub',
    '/x/..y',
    '/models/a.b-c_d/',
    '/dev/shm',
  ])('may be a volume at %s', (path) => {
    expect(issuesOf(mounted(path))).toEqual([]);
  });

  it.each(['{{printf `%c` 34}}', 'a b', 'a/b', ''])('is no key of a secret like %j', (key) => {
    expect(issuesOf({ environment: { A: { secret: 's', key } } })).toEqual([
      'ome.environment.A.key: must be the key of a secret',
    ]);
  });
});
