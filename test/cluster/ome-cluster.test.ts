/** The contract tests in a cluster that is there already, which the rig plays: what they see of it, and what they leave in it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { engineImage } from './contract-engine.js';
import { accessOf } from './kubeconfig-access.js';
import { omeCluster } from './ome-cluster.js';
import { OmeObjects } from './ome-objects.js';
import { createModelAndRuntime, ENGINE_IMAGE, inferenceService } from './ome-resources.js';
import { omeSetting, type OmeSetting } from './ome-setting.js';
import type { InferenceService } from './ome-stand-in/types.js';
import { conditionOf } from './ome-view.js';
import { NODE, Rig } from './rig/rig.js';
import { NAMESPACE, SERVER, SERVICES, untilObject } from './support.js';

let rig: Rig;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ome-cluster-'));
  rig = await Rig.up({ images: { [engineImage()]: SERVER, [ENGINE_IMAGE]: SERVER } });
  // Somebody else's.
  await createModelAndRuntime(rig.api, NODE, '/models/tiny');
  await rig.api.create(SERVICES, inferenceService('theirs'));
  const ready = (service: InferenceService): boolean => conditionOf(service, 'Ready') === 'True';
  await untilObject<InferenceService>(rig.api, `${SERVICES}/theirs`, 'ready', ready);
});
afterAll(async () => {
  await rig?.down();
  await rm(dir, { recursive: true, force: true });
});

/** Everything that the tests might touch, each with its version. */
async function everything(): Promise<string[]> {
  const kinds =
    'clusterbasemodels,clusterservingruntimes,inferenceservices,benchmarkjobs,deployments,persistentvolumes';
  const columns = 'custom-columns=KIND:.kind,NAME:.metadata.name,UID:.metadata.uid,GENERATION:.metadata.generation';
  const namespaces = await rig.kubectl('get', 'namespaces', '-o', 'name');
  const labels = await rig.kubectl('get', 'node', NODE, '-o', 'jsonpath={.metadata.labels}');
  return [await rig.kubectl('get', kinds, '-A', '-o', columns), namespaces, labels];
}

/** Does what the contract tests do: engines, jobs, models on the node, runtimes. */
async function makeSomething(setting: OmeSetting): Promise<{ close(): Promise<void>; namespace: string }> {
  const cluster = await omeCluster(setting);
  const ome = await OmeObjects.create(cluster);
  await ome.createService('left');
  await ome.untilReady('left');
  await ome.createBenchmark('left', 'left');
  await ome.untilState('left', /^Running$/);
  return { close: () => cluster.close(), namespace: ome.place.namespace };
}

describe('a cluster that is there already', () => {
  it('is looked at before anything is made', async () => {
    const before = await everything();
    const setting = await omeSetting(rig.kubeconfig);
    expect(setting.external?.node).toBe(NODE);
    expect(setting.without).toEqual({
      containers: expect.stringContaining(`node ${NODE} is fake`),
      manager: expect.any(String),
      events: null,
    });
    expect(await everything()).toEqual(before);
  });

  it('is left as it was', async () => {
    const before = await everything();
    const made = await makeSomething(await omeSetting(rig.kubeconfig));
    expect(made.namespace).not.toBe(NAMESPACE);
    expect(await everything()).not.toEqual(before);
    await made.close();
    expect(await everything()).toEqual(before);
  });

  it('has told what is left in it and how to remove that, when it cannot be removed', async () => {
    const before = await everything();
    const setting = await omeSetting(rig.kubeconfig);
    const made = await makeSomething({ ...setting, patience: { withinMs: 10_000 } });
    await rig.ome.stop();
    const said = await made.close().catch((error: Error) => error.message);
    await rig.ome.start();
    expect(said).toContain('inferenceservices');
    expect(said).toContain(`to be removed by hand: kubectl delete namespace ${made.namespace}`);
    await made.close();
    expect(await everything()).toEqual(before);
  });
});

describe('a kubeconfig', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const write = async (cluster: object, user: object): Promise<string> => {
    const file = join(dir, 'kubeconfig');
    const context = { cluster: 'c', user: 'u' };
    const config = {
      clusters: [{ name: 'c', cluster: { server: 'https://somewhere:6443/', ...cluster } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context }],
      'current-context': 'x',
    };
    await writeFile(file, JSON.stringify(config));
    return file;
  };

  it('may name certificates', async () => {
    const cluster = { 'certificate-authority-data': base64('authority') };
    const user = { 'client-certificate-data': base64('certificate'), 'client-key-data': base64('key') };
    const { server, more } = await accessOf(await write(cluster, user));
    expect(server).toBe('https://somewhere:6443');
    expect([more?.ca, more?.cert, more?.key].map(String)).toEqual(['authority', 'certificate', 'key']);
  });

  it('may name a token, and a server that cannot prove who it is', async () => {
    const { more } = await accessOf(await write({ 'insecure-skip-tls-verify': true }, { token: 'secret' }));
    expect(more).toMatchObject({ headers: { Authorization: 'Bearer secret' }, rejectUnauthorized: false });
  });

  it('has to name a cluster', async () => {
    const file = join(dir, 'empty');
    await writeFile(file, JSON.stringify({ clusters: [], users: [], contexts: [] }));
    await expect(accessOf(file)).rejects.toThrow('no current context');
  });
});
