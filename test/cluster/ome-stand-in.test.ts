/** What only the stand-in for OME's controller can: to misbehave as OME does at times, and to be down. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createModelAndRuntime, ENGINE_IMAGE, inferenceService } from './ome-resources.js';
import { OmeStandIn, type OmeOptions } from './ome-stand-in/ome-stand-in.js';
import type { InferenceService } from './ome-stand-in/types.js';
import { conditionOf } from './ome-view.js';
import type { Api } from './rig/api.js';
import { NODE, Rig } from './rig/rig.js';
import { NAMESPACE, SERVER, SERVICES, untilEvent, untilGone, untilObject } from './support.js';

/** It usually takes a tenth of that. */
const A_WHILE_MS = 1000;

let rig: Rig;
let api: Api;
beforeAll(async () => {
  rig = await Rig.up({ images: { [ENGINE_IMAGE]: SERVER } });
  api = rig.api;
  await createModelAndRuntime(api, NODE, '/models/tiny');
});
afterAll(() => rig?.down());

const untilReady = (name: string): Promise<InferenceService> =>
  untilObject<InferenceService>(api, `${SERVICES}/${name}`, 'ready', (it) => conditionOf(it, 'Ready') === 'True');

async function remove(name: string): Promise<void> {
  await api.remove(`${SERVICES}/${name}`, { propagationPolicy: 'Foreground' });
  await untilGone(api, `${SERVICES}/${name}`);
}

/** Has another stand-in in its place. */
async function behaving(options: OmeOptions, body: () => Promise<void>): Promise<void> {
  await rig.ome.stop();
  const other = new OmeStandIn(api, options);
  await other.start();
  try {
    await body();
  } finally {
    await other.stop();
    await rig.ome.start();
  }
}

describe('the stand-in', () => {
  it('does nothing while it is stopped, and goes on when it is started again', async () => {
    await rig.ome.stop();
    await api.create(SERVICES, inferenceService('later'));
    await sleep(A_WHILE_MS);
    expect((await api.get<InferenceService>(`${SERVICES}/later`)).metadata?.finalizers).toBeUndefined();
    await rig.ome.start();
    await untilReady('later');
    await remove('later');
  });

  it('warns on request about what is well', async () => {
    await behaving({ noisyWarnings: true }, async () => {
      await api.create(SERVICES, inferenceService('noisy'));
      await untilReady('noisy');
      await untilEvent(api, 'noisy', /^Warning UpdateFailed: .*the object has been modified/);
      await untilEvent(api, 'noisy', /^Warning InternalError: /);
    });
    await remove('noisy');
  });

  it('says on request that it is ready with nothing behind it', async () => {
    await behaving({ readyWithoutPods: true }, async () => {
      await api.create(SERVICES, inferenceService('hollow'));
      await untilReady('hollow');
      const deployment = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/hollow-engine`;
      expect(await api.find(deployment)).toBeNull();
      await remove('hollow');
    });
  });

  it('lacks on request a kind that is asked for', async () => {
    await behaving({ missingKinds: ['ScaledObject'] }, async () => {
      await api.create(SERVICES, inferenceService('scaled', {}, { kedaConfig: { enableKeda: true } }));
      const pattern = /^Warning InternalError: .*no matches for kind "ScaledObject" in version "keda.sh/;
      await untilEvent(api, 'scaled', pattern);
    });
    await remove('scaled');
  });
});
