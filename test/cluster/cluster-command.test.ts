/** `autotuner cluster` against a real API server. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { Finding } from '../../src/cli/lib/examinations.js';
import { Rig } from './rig/rig.js';

const CLI = resolve('dist/cli/main.js');
const NAMESPACE = 'team-a';

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.up({ images: {}, users: ['worker'], gpus: 4 });
});
afterAll(() => rig?.down());

async function cluster(
  args: string[],
  kubeconfig = rig.kubeconfig
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { KUBECONFIG: kubeconfig, NO_COLOR: '1' };
  const { exitCode, stdout, stderr } = await execa(process.execPath, [CLI, 'cluster', ...args], { env, reject: false });
  return { code: exitCode ?? -1, stdout, stderr };
}

async function findings(kubeconfig?: string): Promise<Map<string, Finding>> {
  const { stdout, stderr } = await cluster(['check', '--json', '--namespace', NAMESPACE], kubeconfig);
  expect(stderr).toBe('');
  return new Map((JSON.parse(stdout) as Finding[]).map((finding) => [finding.what, finding]));
}

describe('autotuner cluster', () => {
  it('shows what it would install, and changes nothing', async () => {
    const { code, stdout } = await cluster(['install', '--install-ome', '--dry-run', '--namespace', NAMESPACE]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/helm upgrade --install cert-manager .*--version v[\d.]+ /);
    expect(stdout).toMatch(/helm upgrade --install ome ome-resources .*--namespace ome /);
    expect(stdout).toContain(`namespace: ${NAMESPACE}`);
    expect(stdout).not.toContain('namespace: autotuner');
    await expect(rig.kubectl('get', 'namespace', NAMESPACE)).rejects.toThrow('not found');
  });

  it('installs, and a second time changes nothing', async () => {
    const first = await cluster(['install', '--namespace', NAMESPACE]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain(`Role ${NAMESPACE}/autotuner-worker: created`);
    const second = await cluster(['install', '--namespace', NAMESPACE]);
    expect(second.stdout).toContain(`Role ${NAMESPACE}/autotuner-worker: unchanged`);
    expect(second.stdout).not.toContain(': created');
  });

  it('checks as the worker, and names the permission that is missing', async () => {
    const worker = await rig.kubeconfigFor('worker');
    const bind = (kind: string, role: string, ...more: string[]): Promise<string> =>
      rig.kubectl('create', kind, 'for-the-test', role, '--user=worker', ...more);
    expect((await findings(worker)).get('permissions')).toMatchObject({ state: 'missing' });
    await bind('rolebinding', '--role=autotuner-worker', '-n', NAMESPACE);
    await bind('clusterrolebinding', '--clusterrole=autotuner-worker-catalog');
    const all = await findings(worker);
    expect(all.get('permissions')).toMatchObject({ state: 'ok' });
    expect(all.get('inferenceservices.ome.io')).toMatchObject({ state: 'ok' });
    // It may not read nodes, and that is no failure.
    expect(all.get('accelerators')?.found).toContain('may not read');
    expect((await findings()).get('accelerators')?.found).toContain('4 nvidia.com/gpu');

    const path = '/rules/6/verbs';
    const without = JSON.stringify([{ op: 'replace', path, value: ['get'] }]);
    await rig.kubectl('-n', NAMESPACE, 'patch', 'role', 'autotuner-worker', '--type=json', '-p', without);
    const less = (await findings(worker)).get('permissions');
    expect(less).toMatchObject({ state: 'missing' });
    expect(less?.found).toMatch(/lacks \w+ events in team-a/);
    expect((await cluster(['check', '--namespace', NAMESPACE], worker)).code).toBe(9);
  });

  it('has examples that the cluster takes as they are', async () => {
    for (const file of ['model.yaml', 'runtime.yaml', 'pvc.yaml', 'rbac.yaml', 'worker.yaml']) {
      const path = join('examples', 'kubernetes', file);
      expect(parseAllDocuments(await readFile(path, 'utf8')).flatMap(({ errors }) => errors)).toEqual([]);
      await rig.kubectl('create', 'namespace', 'autotuner').catch(() => undefined);
      const said = await rig.kubectl('apply', '--dry-run=server', '--validate=strict', '-f', path);
      expect(said).toContain('(server dry run)');
    }
  });

  it('uninstalls what it made, and nothing else', async () => {
    await rig.kubectl(
      '-n',
      NAMESPACE,
      'label',
      'pvc',
      'benchmark-results-pvc',
      'app.kubernetes.io/managed-by=somebody',
      '--overwrite'
    );
    const shown = await cluster(['uninstall', '--namespace', NAMESPACE]);
    expect(shown.stdout).toContain('nothing was removed');
    expect(await rig.kubectl('-n', NAMESPACE, 'get', 'role', '-o', 'name')).toContain('autotuner-worker');
    const { code, stdout } = await cluster(['uninstall', '--yes', '--namespace', NAMESPACE]);
    expect(code).toBe(0);
    expect(stdout).toContain(`PersistentVolumeClaim ${NAMESPACE}/benchmark-results-pvc: is not ours: left alone`);
    expect(stdout).toContain(`Role ${NAMESPACE}/autotuner-worker: removed`);
    expect(await rig.kubectl('-n', NAMESPACE, 'get', 'role', '-o', 'name')).toBe('');
    expect(await rig.kubectl('get', 'namespace', NAMESPACE, '-o', 'name')).toContain(NAMESPACE);
  });

  it('says how to name a cluster when there is none, and what does not answer', async () => {
    const env = { KUBECONFIG: '', HOME: '/nowhere' };
    const ran = await execa(process.execPath, [CLI, 'cluster', 'check'], { env, reject: false });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('set KUBECONFIG');
  });
});
