/**
 * The chart on a real node: its pods are containers of its images under the restricted Pod Security, with the Temporal and PostgreSQL that it
 * brings along, and tune real engines in pods with the real genai-bench.
 */
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { V1Pod, V1PodList } from '@kubernetes/client-node';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import { CHART, helmOn, type Helm } from '../cluster/helm.js';
import { until } from '../cluster/rig/wait.js';
import { claim } from '../cluster/support.js';
import { NodeCluster } from './node-cluster.js';
import { copyModel, createModelAndRuntime, task, TUNING } from './ome-setting.js';
import { podProcesses } from './pods.js';
import { ReleasedApi } from './released-api.js';

const NAMESPACE = 'tuner';
const RELEASE = 'autotuner';
const HOST = `${RELEASE}-host-0`;
const TOKEN = 'w'.repeat(32);
const ENGINE = '/opt/engine/dist/main.js';
const VALUES = ['-f', resolve('test/node/values.yaml')];
const WAIT = ['--wait', '--timeout', '300s'];

let dir: string;
let cluster: NodeCluster;
let helm: Helm;
let api: ReleasedApi;
beforeAll(async () => {
  const { AUTOTUNER_TEST_NODE: machine = '', AUTOTUNER_TEST_NODE_CGROUP: cgroup = '' } = process.env;
  const { AUTOTUNER_TEST_NODE_PROGRAM: program = '', AUTOTUNER_TEST_NODE_IMAGES: archive = '' } = process.env;
  if (machine === '') throw new Error('run "node scripts/test.mjs node": a node needs a machine of its own');
  // As short as can be: sockets are in there.
  dir = join(machine, 'cluster');
  cluster = await NodeCluster.up({ dir, program, archive, cgroup });
  console.log(`seconds: ${JSON.stringify(cluster.took)}`);
  helm = await helmOn(cluster);
  await cluster.kubectl('create', 'namespace', NAMESPACE);
  await cluster.kubectl('label', 'namespace', NAMESPACE, 'pod-security.kubernetes.io/enforce=restricted');
  await createSecret('api-tokens', `tokens=write ${TOKEN}\n`);
  await createSecret('postgresql', `password=${'5'.repeat(32)}`);
  const claims = `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`;
  await cluster.api.create(claims, claim('models'));
  await copyModel(cluster.volume(NAMESPACE, 'models'));
  await copyModel(join(dir, 'models'));
  await createModelAndRuntime(cluster, join(dir, 'models'));
  api = new ReleasedApi(cluster.api, { namespace: NAMESPACE, name: `${RELEASE}-api` }, TOKEN);
});
afterAll(async () => {
  await cluster?.down();
});

const createSecret = (name: string, literal: string): Promise<string> =>
  cluster.kubectl('-n', NAMESPACE, 'create', 'secret', 'generic', name, `--from-literal=${literal}`);

async function pods(namespace: string): Promise<V1Pod[]> {
  return (await cluster.api.get<V1PodList>(`/api/v1/namespaces/${namespace}/pods`)).items;
}

/** Of engines and benchmarks: objects, and processes in containers. */
async function leftOfTunes(): Promise<string[]> {
  const kinds = 'inferenceservices,benchmarkjobs,leases,deployments,jobs,pods,services';
  const objects = await cluster.kubectl('-n', TUNING, 'get', kinds, '-o', 'name');
  const processes = [...(await podProcesses(ENGINE)), ...(await podProcesses('genai-bench'))];
  return [...objects.split('\n').filter(Boolean), ...processes.map(({ commandLine }) => commandLine)];
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  console.log(`${what}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}

const statuses = ({ all_results }: ResultsFile): string[] => all_results.map(({ status }) => status);

describe('the chart on a real node', () => {
  it('is installed with its own Temporal and PostgreSQL, and all pods become ready', async () => {
    const args = ['install', RELEASE, CHART, '--namespace', NAMESPACE, ...VALUES, ...WAIT];
    const { code, stdout, stderr } = await timed('install', () => helm(args));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('STATUS: deployed');
    const running = (await pods(NAMESPACE)).filter(({ status }) => status?.phase === 'Running');
    expect(running).toHaveLength(5);
  });

  it('runs nobody as root and nothing on a root that can be written', async () => {
    const workers = await podProcesses('dist/cli/main.js');
    // Each has tini before it.
    expect(workers).toHaveLength(6);
    for (const process of workers) expect(process).toMatchObject({ user: 10001, readOnlyRoot: true });
    for (const process of await podProcesses('postgres'))
      expect(process).toMatchObject({ user: 999, readOnlyRoot: true });
    const asked = ['-n', NAMESPACE, 'exec', HOST, '--', 'node', 'dist/cli/main.js', 'cluster', 'check'];
    expect(await cluster.kubectl(...asked, '--namespace', TUNING)).toMatch(/^ok +permissions/m);
    const write =
      'touch /tmp/a /data/state/a /data/shared/a && rm /data/*/a && ! touch /opt/a /a 2> /dev/null && echo so';
    expect(await cluster.kubectl('-n', NAMESPACE, 'exec', HOST, '--', 'sh', '-c', write)).toBe('so\n');
  });

  it('tunes engines in pods with genai-bench in the worker, through port-forwards', async () => {
    await api.start(task('direct', { runner: 'genai-bench' }));
    await api.untilPhase('direct', 'benchmarking');
    expect(await podProcesses(ENGINE)).toHaveLength(1);
    const load = await until('genai-bench runs', async () => (await podProcesses('bin/genai-bench benchmark')).at(-1));
    expect(load).toMatchObject({ user: 10001, readOnlyRoot: true });
    const { status, results } = await timed('tune, direct', () => api.ended('direct'));
    expect({ status, statuses: statuses(results) }).toEqual({ status: 'completed', statuses: ['success', 'success'] });
    expect(await leftOfTunes()).toEqual([]);
  });

  it('goes on when the pod of the host is killed under load that a BenchmarkJob makes', async () => {
    await api.start(task('by-job', { max_requests_per_iteration: 40 }));
    await api.untilPhase('by-job', 'benchmarking');
    await until('genai-bench runs', async () => (await podProcesses('genai-bench')).length > 0);
    const killed = (await pods(NAMESPACE)).find(({ metadata }) => metadata?.name === HOST)?.metadata?.uid;
    await cluster.kubectl('-n', NAMESPACE, 'delete', 'pod', HOST, '--grace-period=0', '--force');
    const ready = async (): Promise<boolean> =>
      (await pods(NAMESPACE)).some(
        ({ metadata, status }) =>
          metadata?.name === HOST && metadata.uid !== killed && status?.containerStatuses?.[0]?.ready === true
      );
    await timed('host again', () => until('a new pod of the host', ready));
    const { status, results } = await timed('tune, by job, after the kill', () => api.ended('by-job'));
    expect({ status, statuses: statuses(results) }).toEqual({ status: 'completed', statuses: ['success', 'success'] });
    expect(await leftOfTunes()).toEqual([]);
  });

  it("goes on when the host's process is killed under load that it makes itself", async () => {
    await api.start(task('killed', { runner: 'genai-bench', max_requests_per_iteration: 40 }));
    await api.untilPhase('killed', 'benchmarking');
    await until('genai-bench runs', async () => (await podProcesses('genai-bench')).length > 0);
    const workers = await podProcesses('dist/cli/main.js worker --roles host');
    const worker = workers.find(({ commandLine }) => commandLine.startsWith('node '));
    if (!worker) throw new Error('no worker runs in the pod');
    process.kill(worker.pid, 'SIGKILL');
    const { status, results } = await timed('tune, direct, after the kill', () => api.ended('killed'));
    expect({ status, statuses: statuses(results) }).toEqual({ status: 'completed', statuses: ['success', 'success'] });
    expect(await leftOfTunes()).toEqual([]);
  });

  it('is upgraded with its tunes, and goes without leaving anything but data', async () => {
    const set = ['--set', 'workers.control.replicas=2'];
    const upgrade = ['upgrade', RELEASE, CHART, '--namespace', NAMESPACE, ...VALUES, ...set, ...WAIT];
    expect(await timed('upgrade', () => helm(upgrade))).toMatchObject({ code: 0 });
    expect(statuses((await api.ended('direct')).results)).toEqual(['success', 'success']);
    const uninstall = ['uninstall', RELEASE, '--namespace', NAMESPACE, ...WAIT];
    expect(await timed('uninstall', () => helm(uninstall))).toMatchObject({ code: 0 });
    await until('the pods to be gone', async () => (await pods(NAMESPACE)).length === 0);
    const kinds =
      'deployments,statefulsets,services,pods,jobs,networkpolicies,poddisruptionbudgets,roles,persistentvolumeclaims';
    const listed = await cluster.kubectl('-n', NAMESPACE, 'get', kinds, '-o', 'name');
    expect(listed.trim().split('\n').sort()).toEqual([
      'persistentvolumeclaim/autotuner-data',
      'persistentvolumeclaim/data-autotuner-postgresql-0',
      'persistentvolumeclaim/models',
      'persistentvolumeclaim/state-autotuner-host-0',
    ]);
    expect(await podProcesses('')).toEqual([]);
  });
});
