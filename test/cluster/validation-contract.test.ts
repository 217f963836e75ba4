/** What OME's definitions refuse, when the server validates strictly. Holds for OME's own definitions and for ours. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { omeCluster, type OmeCluster } from './ome-cluster.js';
import { CLAIM, OmeObjects } from './ome-objects.js';
import { benchmarkJob, inferenceService } from './ome-resources.js';
import { omeSetting } from './ome-setting.js';

const URL = 'http://somewhere:1';

const setting = await omeSetting();
jest.setTimeout(setting.testTimeoutMs);

let cluster: OmeCluster;
let ome: OmeObjects;
beforeAll(async () => {
  cluster = await omeCluster(setting);
  ome = await OmeObjects.create(cluster);
});
afterAll(() => cluster?.close());

describe('strict validation', () => {
  it.each(['endpoint', 'task', 'maxTimePerIteration', 'maxRequestsPerIteration', 'outputLocation'])(
    'refuses a BenchmarkJob without %s',
    async (field) => {
      const without = { [field]: undefined };
      await expect(ome.createBenchmark('invalid', URL, without)).rejects.toThrow(`spec.${field}: Required value`);
    }
  );

  const service = (engine: object, more: object = {}) => ({ engine, more });
  const runner = { name: 'ome-container' };
  it.each([
    ['spec.runtime.runtimeParameters', service({}, { runtime: { name: 'any', runtimeParameters: {} } })],
    ['spec.engine.resources', service({ resources: {} })],
    ['spec.engine.runner.arguments', service({ runner: { ...runner, arguments: [] } })],
    ['spec.engine.runner.resources.limit', service({ runner: { ...runner, resources: { limit: {} } } })],
  ])('refuses the unknown field %s of an InferenceService', async (field, { engine, more }) => {
    await expect(ome.createService('invalid', engine, more)).rejects.toThrow(`unknown field "${field}"`);
  });

  it.each([
    ['spec.endpoint.url', { endpoint: { url: URL } }],
    ['spec.outputLocation.uri', { outputLocation: { storageUri: 'pvc://a/b', uri: '' } }],
    ['spec.benchmarkParameters', { benchmarkParameters: {} }],
  ])('refuses the unknown field %s of a BenchmarkJob', async (field, more) => {
    await expect(ome.createBenchmark('invalid', URL, more)).rejects.toThrow(`unknown field "${field}"`);
  });

  it('changes nothing when it is only asked', async () => {
    const { namespace } = ome.place;
    for (const [resource, object] of [
      ['inferenceservices', inferenceService('asked', {}, {}, ome.place)],
      ['benchmarkjobs', benchmarkJob('asked', URL, CLAIM, {}, namespace)],
    ] as const) {
      const path = `${ome.path(resource)}?fieldValidation=Strict&dryRun=All`;
      expect(await cluster.api.create(path, object)).toMatchObject({ metadata: { name: 'asked' } });
      expect(await cluster.api.find(ome.path(resource, 'asked'))).toBeNull();
    }
  });
});
