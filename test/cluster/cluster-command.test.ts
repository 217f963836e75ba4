/** `autotuner cluster` and examples/kubernetes against a real API server. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { ClusterFinding } from '../../src/cli/cluster/findings.js';
import { inferenceService } from './ome-resources.js';
import { Rig } from './rig/rig.js';

const CLI = resolve('dist/cli/main.js');
const NAMESPACE = 'team-a';
const FILES = ['model.yaml', 'runtime.yaml', 'pvc.yaml', 'rbac.yaml', 'worker.yaml'];
const OURS = 'app.kubernetes.io/managed-by=inference-autotuner';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.up({ images: {}, users: ['worker'], gpus: 4 });
});
afterAll(() => rig?.down());

async function cluster(
  args: string[],
  env: Record<string, string> = { KUBECONFIG: rig.kubeconfig }
): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = { env: { NO_COLOR: '1', ...env }, reject: false } as const;
  const { exitCode, stdout, stderr } = await execa(process.execPath, [CLI, 'cluster', ...args], options);
  return { code: exitCode ?? -1, stdout, stderr };
}

async function check(kubeconfig = rig.kubeconfig): Promise<{ code: number; by: Map<string, ClusterFinding> }> {
  const ran = await cluster(['check', '--json', '--namespace', NAMESPACE], { KUBECONFIG: kubeconfig });
  expect(ran.stderr).toBe('');
  const findings = JSON.parse(ran.stdout) as ClusterFinding[];
  return { code: ran.code, by: new Map(findings.map((finding) => [finding.what, finding])) };
}

const install = (...more: string[]): ReturnType<typeof cluster> =>
  cluster(['install', '--namespace', NAMESPACE, ...more]);

describe('autotuner cluster', () => {
  it('says that OME is missing, and how to get it', async () => {
    // The definitions are the rig's; the controller's Deployment is nobody's.
    const { code, by } = await check();
    expect(code).toBe(9);
    expect(by.get('OME controller')).toMatchObject({ state: 'missing' });
    expect(by.get('OME controller')?.advice).toContain('--install-ome');
    expect(by.get('inferenceservices')).toMatchObject({ state: 'ok' });
    expect(by.get('models')).toMatchObject({ state: 'warning', found: 'none' });
    expect(by.get('results claim')).toMatchObject({ state: 'warning' });
    expect(by.get('accelerators')?.found).toContain('4 nvidia.com/gpu');
    expect(by.get('permissions')).toMatchObject({ state: 'ok' });
    expect(by.get('cert-manager')).toMatchObject({ state: 'warning' });
  });

  it('shows what it would install, and changes nothing', async () => {
    const { code, stdout } = await install('--install-ome', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# helm upgrade --install cert-manager .*--version v[\d.]+ /m);
    expect(stdout).toMatch(/^# helm upgrade --install ome oci:.*--namespace ome /m);
    expect(stdout).toContain(`namespace: ${NAMESPACE}`);
    expect(stdout).not.toContain('namespace: autotuner');
    // The commands are comments: all of it is YAML that kubectl takes.
    const kinds = parseAllDocuments(stdout).map((document) => (document.toJS() as { kind?: string } | null)?.kind);
    expect(kinds.filter(Boolean)).toHaveLength(7);
    await expect(rig.kubectl('get', 'namespace', NAMESPACE)).rejects.toThrow('not found');
    expect(await rig.kubectl('get', 'clusterroles,clusterrolebindings', '-l', OURS, '-o', 'name')).toBe('');
  });

  it('does the same without a cluster', async () => {
    const ran = await cluster(['install', '--install-ome', '--dry-run'], { KUBECONFIG: '', HOME: '/nowhere' });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  });

  it('does nothing at all when Helm is needed and missing', async () => {
    const { code, stderr } = await cluster(['install', '--install-ome', '--namespace', NAMESPACE], {
      KUBECONFIG: rig.kubeconfig,
      HELM_PATH: '/nowhere/helm',
    });
    expect({ code, stderr }).toMatchObject({ code: 9, stderr: expect.stringContaining('HELM_PATH') });
    await expect(rig.kubectl('get', 'namespace', NAMESPACE)).rejects.toThrow('not found');
  });

  it('installs, and a second time changes nothing', async () => {
    const first = await install();
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain(`Role ${NAMESPACE}/autotuner-worker: created`);
    expect(first.stdout).toContain(`PersistentVolumeClaim ${NAMESPACE}/benchmark-results-pvc: created`);
    const second = await install();
    expect(second.code).toBe(0);
    expect(second.stdout.match(/: unchanged$/gm)).toHaveLength(7);
    expect((await check()).by.get('results claim')).toMatchObject({ state: 'ok' });
  });

  it('checks as the worker, and names a permission that is missing', async () => {
    const worker = await rig.kubeconfigFor('worker');
    const bind = (kind: string, role: string, ...more: string[]): Promise<string> =>
      rig.kubectl('create', kind, 'for-the-test', role, '--user=worker', ...more);
    expect((await check(worker)).by.get('permissions')).toMatchObject({ state: 'missing' });
    await bind('rolebinding', '--role=autotuner-worker', '-n', NAMESPACE);
    await bind('clusterrolebinding', `--clusterrole=autotuner-worker:${NAMESPACE}`);
    const { by } = await check(worker);
    expect(by.get('permissions')).toMatchObject({ state: 'ok' });
    expect(by.get('benchmarkjobs')).toMatchObject({ state: 'ok' });
    expect(by.get('results claim')).toMatchObject({ state: 'ok' });
    // What it may not read is no failure.
    expect(by.get('accelerators')).toMatchObject({ state: 'unknown' });
    expect(by.get('OME controller')).toMatchObject({ state: 'unknown' });
    expect((await cluster(['check', '--namespace', NAMESPACE], { KUBECONFIG: worker })).code).toBe(0);

    const role = JSON.parse(await rig.kubectl('-n', NAMESPACE, 'get', 'role', 'autotuner-worker', '-o', 'json')) as {
      rules: { resources: string[]; verbs: string[] }[];
    };
    const index = role.rules.findIndex(({ resources }) => resources.includes('events'));
    const less = JSON.stringify([{ op: 'replace', path: `/rules/${index}/verbs`, value: ['list'] }]);
    await rig.kubectl('-n', NAMESPACE, 'patch', 'role', 'autotuner-worker', '--type=json', '-p', less);
    const lacking = await check(worker);
    expect(lacking.code).toBe(9);
    expect(lacking.by.get('permissions')).toMatchObject({ state: 'missing', found: 'lacks watch events in team-a' });
  });

  it('puts right what somebody changed in it', async () => {
    const { code, stdout } = await install();
    expect(code).toBe(0);
    expect(stdout).toContain(`Role ${NAMESPACE}/autotuner-worker: changed`);
    expect((await check(await rig.kubeconfigFor('worker'))).by.get('permissions')).toMatchObject({ state: 'ok' });
  });

  it('has examples that the cluster takes as they are', async () => {
    await rig.kubectl('create', 'namespace', 'autotuner');
    for (const file of FILES) {
      const path = join('examples', 'kubernetes', file);
      expect(parseAllDocuments(await readFile(path, 'utf8')).flatMap(({ errors }) => errors)).toEqual([]);
      const said = await rig.kubectl('apply', '--dry-run=server', '--validate=strict', '-f', path);
      expect(said).toMatch(/\(server dry run\)/);
    }
  });

  it('keeps the roles of two namespaces apart', async () => {
    expect(await cluster(['install', '--namespace', 'team-b'])).toMatchObject({ code: 0 });
    await cluster(['uninstall', '--yes', '--namespace', 'team-b']);
    const bindings = await rig.kubectl('get', 'clusterrolebindings', '-l', OURS, '-o', 'name');
    expect(bindings.trim()).toBe(`clusterrolebinding.rbac.authorization.k8s.io/autotuner-worker:${NAMESPACE}`);
  });

  it('uses a namespace and a claim of somebody else as they are, and never takes over a role', async () => {
    await rig.kubectl('create', 'namespace', 'theirs');
    await rig.kubectl('-n', 'theirs', 'create', 'role', 'autotuner-worker', '--verb=get', '--resource=pods');
    const ran = await cluster(['install', '--namespace', 'theirs']);
    expect(ran.stdout).toContain('Namespace theirs: is there, and not ours: used as it is');
    expect(ran).toMatchObject({ code: 9, stderr: expect.stringContaining('Role theirs/autotuner-worker exists') });
  });

  it('uninstalls nothing while an experiment is there', async () => {
    const path = `/apis/ome.io/v1beta1/namespaces/${NAMESPACE}/inferenceservices`;
    const labels = { 'app.kubernetes.io/managed-by': 'inference-autotuner' };
    const body = inferenceService('busy') as { metadata: object };
    await rig.api.create(path, { ...body, metadata: { name: 'busy', namespace: NAMESPACE, labels } });
    const { code, stdout } = await cluster(['uninstall', '--yes', '--namespace', NAMESPACE]);
    expect(code).toBe(8);
    expect(stdout).toContain('in use: InferenceService busy');
    expect(await rig.kubectl('-n', NAMESPACE, 'get', 'role', '-o', 'name')).toContain('autotuner-worker');
    await rig.kubectl('-n', NAMESPACE, 'delete', 'inferenceservices', 'busy');
  });

  it('uninstalls what it made, and nothing else', async () => {
    const label = ['label', 'pvc', 'benchmark-results-pvc', 'app.kubernetes.io/managed-by=somebody', '--overwrite'];
    await rig.kubectl('-n', NAMESPACE, ...label);
    const shown = await cluster(['uninstall', '--namespace', NAMESPACE]);
    expect(shown.stdout).toContain('nothing was removed');
    expect(shown.stdout).toContain(`Role ${NAMESPACE}/autotuner-worker: would be removed`);
    expect(await rig.kubectl('-n', NAMESPACE, 'get', 'role', '-o', 'name')).toContain('autotuner-worker');
    const { code, stdout } = await cluster(['uninstall', '--yes', '--namespace', NAMESPACE]);
    expect(code).toBe(0);
    expect(stdout).toContain(`PersistentVolumeClaim ${NAMESPACE}/benchmark-results-pvc: is not ours: left alone`);
    expect(stdout).toContain(`Role ${NAMESPACE}/autotuner-worker: removed`);
    expect(await rig.kubectl('-n', NAMESPACE, 'get', 'role', '-o', 'name')).toBe('');
    // What the test has bound itself, the claim that has another owner by now, and the namespace.
    expect(await rig.kubectl('-n', NAMESPACE, 'get', 'rolebinding,pvc', '-o', 'name')).toMatch(/for-the-test\n.*pvc/);
    expect(await rig.kubectl('get', 'namespace', NAMESPACE, '-o', 'name')).toContain(NAMESPACE);
  });

  it('names each kind that a cluster without OME lacks', async () => {
    const kinds = (await rig.kubectl('get', 'crd', '-o', 'name'))
      .split('\n')
      .filter((name) => name.endsWith('.ome.io'));
    // The server takes 6 s for each, one after another.
    await rig.kubectl('delete', ...kinds);
    const { code, by } = await check();
    expect(code).toBe(9);
    for (const kind of ['inferenceservices', 'benchmarkjobs', 'clusterbasemodels', 'clusterservingruntimes']) {
      expect(by.get(kind)).toMatchObject({ state: 'missing', advice: expect.stringContaining('--install-ome') });
    }
    expect(by.has('models')).toBe(false);
    // The role of a worker can be made before OME is there.
    expect(await install()).toMatchObject({ code: 0, stderr: '' });
    expect((await cluster(['uninstall', '--namespace', NAMESPACE])).code).toBe(0);
  });

  it('says how to name a cluster when there is none, and that one does not answer', async () => {
    const none = await cluster(['check'], { KUBECONFIG: '', HOME: '/nowhere' });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('set KUBECONFIG') });
    await rig.killApiServer();
    const away = await cluster(['check']);
    expect(away).toMatchObject({ code: 4, stderr: expect.stringContaining('does not answer') });
  });
});
