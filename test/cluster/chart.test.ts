/** The chart: what it renders passes the server's strict validation and its Pod Security, and an installed release tunes. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PortForward, KubeConfig, type V1Role } from '@kubernetes/client-node';
import { execa } from 'execa';
import { parseAllDocuments } from 'yaml';
import { World } from '../support/world.js';
import { leftovers, omeTask, startRig } from './cluster-world.js';
import { CHART, helmOn, tunerImage, type Helm } from './helm.js';
import type { Rig } from './rig/rig.js';

const RELEASE = 'autotuner';
const NAMESPACE = 'tuner';
const VALUES = ['smallest', 'everything'] as const;
const IMAGE = 'registry.example.com/inference-autotuner:0.1.0';
/** Kinds of the Prometheus operator, of which this server knows nothing. */
const FOREIGN = ['ServiceMonitor', 'PodMonitor', 'PrometheusRule'];

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

let rig: Rig;
let helm: Helm;
let world: World;
beforeAll(async () => {
  world = await World.create();
  await world.startServer();
  rig = await startRig();
  helm = await helmOn(rig);
  rig.images[IMAGE] = tunerImage(rig, world, { namespace: NAMESPACE, name: RELEASE });
  for (const name of [NAMESPACE, 'tuning']) {
    await rig.kubectl('create', 'namespace', name);
  }
  await rig.kubectl(
    'label',
    'namespace',
    NAMESPACE,
    'pod-security.kubernetes.io/enforce=restricted',
    'pod-security.kubernetes.io/warn=restricted'
  );
  const tokens = `read ${'r'.repeat(32)}\nwrite ${'w'.repeat(32)}\n`;
  await rig.kubectl('-n', NAMESPACE, 'create', 'secret', 'generic', 'api-tokens', `--from-literal=tokens=${tokens}`);
});
afterAll(async () => {
  await rig?.down();
  await world?.close();
});

const fixture = (name: string): string => resolve(`test/fixtures/chart/${name}.yaml`);

async function render(name: string): Promise<{ text: string; objects: Rendered[] }> {
  const args = ['template', RELEASE, CHART, '--namespace', NAMESPACE, '--kube-version', '1.36.0', '-f', fixture(name)];
  const { code, stdout, stderr } = await helm(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const documents = parseAllDocuments(stdout).map((document) => document.toJS() as Rendered | null);
  return { text: stdout, objects: documents.filter((object) => object !== null) };
}

describe('the chart', () => {
  it.each(VALUES)('passes helm lint, with the values %s', async (name) => {
    const { code, stdout } = await helm(['lint', '--strict', CHART, '-f', fixture(name)]);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
    expect(code).toBe(0);
  });

  it.each(VALUES)('passes strict validation on the server and its Pod Security, with the values %s', async (name) => {
    const { objects } = await render(name);
    const own = objects.filter(({ kind }) => !FOREIGN.includes(kind));
    const [file = '', ...kubectl] = rig.kubectlCommand;
    const apply = [
      'apply',
      '--dry-run=server',
      '--validate=strict',
      '--server-side',
      '--field-manager=test',
      '-f',
      '-',
    ];
    const list = JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: own.map((object) => ({ ...object, metadata: { ...object.metadata, namespace: namespaceOf(object) } })),
    });
    const ran = await execa(file, [...kubectl, ...apply], { input: list, env: { HOME: rig.dir }, reject: false });
    // What a pod of a Deployment violates is a warning, and there must be none.
    expect({ code: ran.exitCode, stderr: ran.stderr }).toEqual({ code: 0, stderr: '' });
    expect(ran.stdout.trim().split('\n')).toHaveLength(own.length);
  });

  it('gives workers to the letter the rights of examples/kubernetes/rbac.yaml', async () => {
    const { objects } = await render('smallest');
    const example = parseAllDocuments(await readFile('examples/kubernetes/rbac.yaml', 'utf8')).map(
      (document) => document.toJS() as V1Role
    );
    for (const kind of ['Role', 'ClusterRole']) {
      const rules = (all: readonly object[]): unknown =>
        (all as V1Role[]).find((object) => object.kind === kind)?.rules;
      expect(rules(objects)).toEqual(rules(example));
    }
  });

  it('has no hook, for which `helm install --wait` would wait in vain, and lets OME mount models from nodes', async () => {
    const { text, objects } = await render('everything');
    expect(text).not.toContain('helm.sh/hook:');
    const made = objects.find(({ kind }) => kind === 'Namespace');
    expect(made?.metadata).toMatchObject({ labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } });
  });

  it('holds no secret, and refuses values that it does not know', async () => {
    const { objects } = await render('everything');
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    const smallest = await readFile(fixture('smallest'), 'utf8');
    const refused = async (more: string): Promise<string> =>
      (await helm(['template', RELEASE, CHART, '--kube-version', '1.36.0', '-f', '-'], `${smallest}${more}`)).stderr;
    expect(await refused('worker: {}\n')).toMatch(/additional properties 'worker' not allowed/);
    expect(await refused('postgresql: { password: canary }\n')).toMatch(/'password' not allowed/);
    const args = ['template', RELEASE, CHART, '--kube-version', '1.36.0'];
    expect((await helm(args)).stderr).toMatch(/temporal\/address/);
  });
});

/** kubectl takes no default for a list. */
function namespaceOf({ kind, metadata }: Rendered): string | undefined {
  return ['Namespace', 'ClusterRole', 'ClusterRoleBinding'].includes(kind)
    ? undefined
    : (metadata.namespace ?? NAMESPACE);
}

describe('a release', () => {
  const values = (): string[] => [
    ...[
      '-f',
      fixture('smallest'),
      '--set',
      `temporal.address=127.0.0.1:${world.port}`,
      '--set',
      'tuning.namespace=default',
    ],
    ...['--set', 'workers.control.replicas=2,workers.host.replicas=1,api.replicas=1'],
  ];

  it('is installed, and its pods become ready', async () => {
    const args = ['install', RELEASE, CHART, '--namespace', NAMESPACE, ...values(), '--wait', '--timeout', '100s'];
    const { code, stdout, stderr } = await helm(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('STATUS: deployed');
    const pods = await rig.kubectl('-n', NAMESPACE, 'get', 'pods', '-o', 'name');
    expect(pods.trim().split('\n')).toHaveLength(4);
  });

  it('tunes in the cluster, with the rights of its own service account', async () => {
    const ran = await world.cli('run', await omeTask(world, 'released'));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('Best of 2');
    expect(await leftovers({ rig })).toEqual([]);
  });

  it('answers at its API by the token of its secret', async () => {
    const config = new KubeConfig();
    config.loadFromFile(rig.kubeconfig);
    const pods = await rig.kubectl(
      '-n',
      NAMESPACE,
      'get',
      'pods',
      '-l',
      'app.kubernetes.io/component=api',
      '-o',
      'name'
    );
    const text = await request(config, pods.trim().replace('pod/', ''), '/api/v1/tunes', 'r'.repeat(32));
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).toContain('"taskName":"released"');
    expect(await request(config, pods.trim().replace('pod/', ''), '/api/v1/tunes', 'x'.repeat(32))).toMatch(
      /^HTTP\/1\.1 401 /
    );
  });

  it('is upgraded, and goes without leaving anything but results', async () => {
    const args = [
      'upgrade',
      RELEASE,
      CHART,
      '--namespace',
      NAMESPACE,
      ...values(),
      '--set',
      'workers.control.replicas=1',
    ];
    expect(await helm([...args, '--wait', '--timeout', '100s'])).toMatchObject({ code: 0 });
    expect(await helm(['uninstall', RELEASE, '--namespace', NAMESPACE, '--wait', '--timeout', '100s'])).toMatchObject({
      code: 0,
    });
    const kinds = 'deployments,statefulsets,services,pods,networkpolicies,poddisruptionbudgets,roles,configmaps,claims';
    const left = await rig.kubectl(
      ...['-n', NAMESPACE, 'get', kinds.replace('claims', 'persistentvolumeclaims'), '-o', 'name']
    );
    expect(left.trim().split('\n').sort()).toEqual([
      'configmap/kube-root-ca.crt',
      'persistentvolumeclaim/autotuner-data',
      'persistentvolumeclaim/state-autotuner-host-0',
    ]);
  });
});

/** One request through the API server, as text. */
async function request(config: KubeConfig, pod: string, path: string, token: string): Promise<string> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  await new PortForward(config).portForward(NAMESPACE, pod, [8400], output, null, input);
  input.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`);
  let text = '';
  for await (const chunk of output) {
    text += String(chunk);
    if (/\r\n\r\n[^]*\r\n0\r\n\r\n$|\r\n\r\n[^]*\}$/.test(text)) break;
  }
  return text;
}
