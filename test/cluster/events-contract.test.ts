/** How OME says that it cannot serve: in events alone. Holds for its own controller and for the stand-in. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { omeCluster, type OmeCluster } from './ome-cluster.js';
import { OmeObjects } from './ome-objects.js';
import { itUnless, omeSetting } from './ome-setting.js';
import { OME } from './support.js';
import type { InferenceService } from './ome-stand-in/types.js';

const setting = await omeSetting();
jest.setTimeout(setting.testTimeoutMs);

let cluster: OmeCluster;
let ome: OmeObjects;
beforeAll(async () => {
  cluster = await omeCluster(setting);
  ome = await OmeObjects.create(cluster);
});
afterAll(() => cluster?.close());

describe('what is wrong with an InferenceService is told by events only:', () => {
  /** Removes what the status says nothing about. */
  const untold = async (name: string): Promise<void> => {
    const { status } = await cluster.api.get<InferenceService>(ome.path('inferenceservices', name));
    expect([status?.url, status?.conditions ?? []]).toEqual([undefined, []]);
    await ome.remove('inferenceservices', name);
  };

  it('a runtime that does not exist', async () => {
    const name = cluster.own.name('nowhere');
    await ome.createService('no-runtime', {}, { runtime: { name } });
    await ome.untilEvent('no-runtime', new RegExp(`^Warning RuntimeValidationError: .*runtime ${name} not found`));
    await untold('no-runtime');
  });

  it('a runtime that is disabled', async () => {
    const name = await ome.createRuntime('runtime-off', { disabled: true });
    await ome.createService('runtime-off', {}, { runtime: { name } });
    await ome.untilEvent('runtime-off', new RegExp(`^Warning RuntimeValidationError: .*runtime ${name} is disabled`));
    await untold('runtime-off');
  });

  it('a runtime that does not fit the model, until it does', async () => {
    const name = await ome.createModel('exotic', { modelArchitecture: 'Strange' });
    await ome.putOnNode(name);
    await ome.createService('unfit', {}, { model: { name } });
    const pattern = new RegExp(`^Warning RuntimeValidationError: .*does not support model ${name}.*architecture`);
    await ome.untilEvent('unfit', pattern);
    await cluster.api.patch(`${OME}/clusterbasemodels/${name}`, { spec: { modelArchitecture: null } });
    await ome.untilReady('unfit');
    await ome.remove('inferenceservices', 'unfit');
  });

  itUnless(setting.without.events)('no runtime that fits, when none is named', async () => {
    const name = await ome.createModel('unserved');
    await ome.createService('none-fits', {}, { model: { name }, runtime: undefined });
    const pattern = new RegExp(`^Warning RuntimeSelectionError: Failed to find runtime for model ${name}`);
    await ome.untilEvent('none-fits', pattern);
    await untold('none-fits');
  });

  it('a model that is disabled', async () => {
    const name = await ome.createModel('model-off', { disabled: true });
    await ome.createService('model-off', {}, { model: { name } });
    await ome.untilEvent(
      'model-off',
      new RegExp(`^Warning ModelReconcileError: specified base model ${name} is disabled`)
    );
    await untold('model-off');
  });

  itUnless(setting.without.events)('not even that for a model that does not exist', async () => {
    await ome.createService('no-model', {}, { model: { name: cluster.own.name('nowhere') } });
    // By the time that the other mistake has been told, this one would have been too.
    await ome.createService('told', {}, { runtime: { name: cluster.own.name('nowhere') } });
    await ome.untilEvent('told', /RuntimeValidationError/);
    expect(await ome.events('no-model')).toEqual([]);
    await Promise.all([untold('no-model'), untold('told')]);
  });
});
