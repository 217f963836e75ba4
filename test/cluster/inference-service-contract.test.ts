/** What OME makes of an InferenceService, as far as this project depends on it. Holds for its own controller and for the stand-in. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { V1Container, V1Service } from '@kubernetes/client-node';
import { ENGINE_COMMAND, engineImage, listeningEngine } from './contract-engine.js';
import { omeCluster, type OmeCluster } from './ome-cluster.js';
import { MODEL_FOLDER, OmeObjects } from './ome-objects.js';
import { itUnless, omeSetting } from './ome-setting.js';
import { modelLabel } from './ome-stand-in/names.js';
import type { InferenceService } from './ome-stand-in/types.js';
import { conditionOf } from './ome-view.js';

const setting = await omeSetting();
jest.setTimeout(setting.testTimeoutMs);

let cluster: OmeCluster;
let ome: OmeObjects;
beforeAll(async () => {
  cluster = await omeCluster(setting);
  ome = await OmeObjects.create(cluster);
});
afterAll(() => cluster?.close());

const find = (name: string): Promise<InferenceService> => cluster.api.get(ome.path('inferenceservices', name));
const removeService = (name: string): Promise<void> => ome.remove('inferenceservices', name);
const untilNotReady = (name: string): Promise<InferenceService> =>
  ome.until('inferenceservices', name, 'not ready', (it) => conditionOf(it, 'EngineReady') === 'False');

describe('an InferenceService', () => {
  it('becomes a Deployment and Services, and is ready when the engine is', async () => {
    await ome.createService('serves');
    const ready = await ome.untilReady('serves');
    expect(ready.metadata?.finalizers).toContain('inferenceservice.finalizers');
    expect(ready.status?.url).toBe(`http://serves.${ome.place.namespace}.svc.cluster.local:8080`);
    expect([conditionOf(ready, 'EngineReady'), conditionOf(ready, 'IngressReady')]).toEqual(['True', 'True']);
    for (const name of ['serves-engine', 'serves']) {
      const service = await cluster.api.get<V1Service>(ome.path('services', name));
      expect(service.spec?.ports).toContainEqual(expect.objectContaining({ port: 8080 }));
    }
    const labels = { 'ome.io/inferenceservice': 'serves', component: 'engine', app: 'serves-engine' };
    const [pod] = await ome.pods('app=serves-engine');
    // Our own labels come along.
    expect(pod?.metadata?.labels).toMatchObject({ ...labels, 'tuner.test/owner': 'us' });
    await removeService('serves');
  });

  itUnless(setting.without.containers)('is not ready before its engine listens', async () => {
    await ome.createService('waits', { runner: { name: 'ome-container', image: 'not-there.invalid/engine:1' } });
    expect(conditionOf(await untilNotReady('waits'), 'Ready')).toBe('False');
    await removeService('waits');
  });

  it('takes the port of its first container', async () => {
    const name = await ome.createRuntime('port-9000', { engineConfig: listeningEngine(9000) });
    await ome.createService('other-port', {}, { runtime: { name } });
    const [engine] = (await ome.untilEngine('other-port')).containers;
    expect(engine?.readinessProbe?.tcpSocket?.port).toBe(9000);
    await ome.untilReady('other-port');
    // Before it has seen the engine's Service, it says 8080.
    await ome.until<InferenceService>('inferenceservices', 'other-port', 'told by its port', ({ status }) =>
      status?.url?.endsWith(':9000')
    );
    await removeService('other-port');
  });

  it('never gets ready without an engine of its own', async () => {
    await ome.createService('no-engine', null);
    await ome.until('inferenceservices', 'no-engine', 'seen', ({ metadata }) => Boolean(metadata?.finalizers?.length));
    // Whoever comes later is served: this one was not forgotten but cannot be.
    await ome.createService('with-engine');
    await ome.untilReady('with-engine');
    expect(await cluster.api.find(ome.path('services', 'no-engine'))).toBeNull();
    expect(conditionOf(await find('no-engine'), 'Ready')).not.toBe('True');
    await Promise.all([removeService('no-engine'), removeService('with-engine')]);
  });

  it('replaces the arguments of the runtime, keeps image and command, merges resources and variables', async () => {
    const gpus = (count: number): object => ({ 'nvidia.com/gpu': count });
    const withGpu = { limits: { cpu: '2', ...gpus(1) }, requests: { cpu: '1', ...gpus(1) } };
    const name = await ome.createRuntime('gpu', { engineConfig: listeningEngine(8080, { resources: withGpu }) });
    const runner = {
      name: 'ome-container',
      args: ['--model', '$(MODEL_PATH)', '--port', '8080'],
      env: [{ name: 'OURS', value: 'yes' }],
      resources: { limits: gpus(2), requests: gpus(2) },
    };
    await ome.createService('merged', { runner }, { runtime: { name } });
    const engine = (await ome.untilEngine('merged')).containers.find((it) => it.name === 'ome-container');
    expect(engine?.args).toEqual(runner.args);
    expect([engine?.image, engine?.command]).toEqual([engineImage(), ENGINE_COMMAND]);
    expect(engine?.resources?.limits).toEqual({ cpu: '2', 'nvidia.com/gpu': '2' });
    expect(engine?.resources?.requests).toEqual({ cpu: '1', 'nvidia.com/gpu': '2' });
    expect(engine?.env).toEqual(
      expect.arrayContaining([
        { name: 'OURS', value: 'yes' },
        { name: 'FROM_RUNTIME', value: 'yes' },
        { name: 'MODEL_PATH', value: MODEL_FOLDER },
        { name: 'PARALLELISM_SIZE', value: '2' },
      ])
    );
    await removeService('merged');
  });

  it('has a readiness probe that only opens the port, unless the runtime has one', async () => {
    const own = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 };
    const name = await ome.createRuntime('probe', { engineConfig: listeningEngine(8080, { readinessProbe: own }) });
    await ome.createService('probed');
    await ome.createService('probed-by-runtime', {}, { runtime: { name } });
    const probeOf = async (service: string): Promise<V1Container['readinessProbe']> =>
      (await ome.untilEngine(service)).containers[0]?.readinessProbe;
    expect((await probeOf('probed'))?.tcpSocket).toEqual({ port: 8080 });
    const probe = await probeOf('probed-by-runtime');
    expect(probe?.httpGet).toMatchObject(own.httpGet);
    expect(probe?.tcpSocket).toBeUndefined();
    await Promise.all([removeService('probed'), removeService('probed-by-runtime')]);
  });

  it('goes only where the model is, and is not ready before', async () => {
    await ome.createService('placed');
    const label = `models.ome.io/clusterbasemodel.${ome.place.model}`;
    expect((await ome.untilEngine('placed')).nodeSelector).toMatchObject({ [label]: 'Ready' });
    await removeService('placed');
    const name = await ome.createModel('a-model-with-a-name-of-more-than-32-characters');
    await ome.createService('pending', {}, { model: { name } });
    expect(modelLabel(name)).toMatch(/^models\.ome\.io\/clusterbasemodel\.[0-9a-f]{8}-.{23}$/);
    expect((await ome.untilEngine('pending')).nodeSelector).toMatchObject({ [modelLabel(name)]: 'Ready' });
    const pod = await ome.untilPod('app=pending-engine');
    const unplaced = /^Warning FailedScheduling: .*didn't match Pod's node affinity\/selector/;
    await ome.untilEvent(pod.metadata?.name ?? '', unplaced);
    expect(conditionOf(await untilNotReady('pending'), 'Ready')).toBe('False');
    await ome.putOnNode(name);
    await ome.untilReady('pending');
    await removeService('pending');
  });

  it('is deleted with everything under it', async () => {
    await ome.createService('deleted');
    await ome.untilReady('deleted');
    await removeService('deleted');
    for (const [resource, name] of [
      ['deployments', 'deleted-engine'],
      ['services', 'deleted-engine'],
      ['services', 'deleted'],
    ] as const) {
      expect(await cluster.api.find(ome.path(resource, name))).toBeNull();
    }
    expect(await ome.pods('app=deleted-engine')).toEqual([]);
  });

  itUnless(setting.without.manager)('hangs in its deletion while the manager is down', async () => {
    await ome.createService('held');
    await ome.untilReady('held');
    await cluster.manager?.stop();
    try {
      await ome.startRemoving('inferenceservices', 'held');
      await ome.untilGone('deployments', 'held-engine');
      expect((await find('held')).metadata?.finalizers).toContain('inferenceservice.finalizers');
    } finally {
      await cluster.manager?.start();
    }
    await ome.untilGone('inferenceservices', 'held');
    expect(await ome.pods('app=held-engine')).toEqual([]);
  });
});
