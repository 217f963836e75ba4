import { describe, expect, it } from '@jest/globals';
import { TunerError } from '../../domain/failures.js';
import type { Cluster, CustomKind } from '../../platform/kubernetes/cluster.js';
import type { Manifest } from '../../platform/kubernetes/manifest.js';
import { BENCHMARK_JOB, INFERENCE_SERVICE, LEASE } from './kinds.js';
import { listOwnedObjects } from './owned-objects.js';
import { ownedAnnotations, ownedLabels } from './ownership.js';

const OWNER = { workflowId: 'tune/x/1', runId: 'r', taskName: 'x', experimentId: 1 };
const NOW = Date.now();
const minutesAgo = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

function object(name: string, more: object = {}): object {
  const metadata = {
    name,
    creationTimestamp: minutesAgo(60),
    labels: ownedLabels(OWNER),
    annotations: ownedAnnotations(OWNER),
  };
  return { metadata, ...more };
}
const lease = (name: string, renewTime: string): object =>
  object(name, { spec: { acquireTime: minutesAgo(60), renewTime, leaseDurationSeconds: 900 } });

type Lists = Partial<Record<string, readonly object[] | Error>>;

/** A cluster that answers with these lists, by the plural of the kind. */
function clusterOf(lists: Lists): Cluster {
  const answer = async (plural: string): Promise<{ items: readonly object[] }> => {
    const items = lists[plural] ?? [];
    if (items instanceof Error) throw items;
    return { items };
  };
  const list = ({ plural }: CustomKind): Promise<{ items: readonly object[] }> => answer(plural);
  return { list, request: () => answer('pods') } as unknown as Cluster;
}

describe('what the tuner has made in a namespace', () => {
  it('lives as long as its lease, and as long as one lasts without', async () => {
    const { owned, problems } = await listOwnedObjects(
      clusterOf({
        [LEASE.plural]: [lease('alive', minutesAgo(1)), object('damaged', { spec: 'x' })],
        [INFERENCE_SERVICE.plural]: [object('alive'), object('damaged'), object('no-lease')],
        [BENCHMARK_JOB.plural]: [object('alive')],
        pods: [object('alive-reader'), object('no-lease-engine-1')],
      }),
      'ns'
    );
    expect(problems).toEqual([]);
    expect(owned.map(({ kind, name, expiresAtMs = 0 }) => [kind, name, expiresAtMs > NOW])).toEqual([
      ['Lease', 'alive', true],
      ['Lease', 'damaged', false],
      ['InferenceService', 'alive', true],
      ['InferenceService', 'damaged', false],
      ['InferenceService', 'no-lease', false],
      ['BenchmarkJob', 'alive', true],
      ['Pod', 'alive', true],
    ]);
  });

  it('is what says whose it is; the rest is left alone', async () => {
    const strangers = [
      object('x', { metadata: { name: 'x', labels: null } }),
      object('y', { metadata: { name: 'y' } }),
    ];
    const { owned } = await listOwnedObjects(
      clusterOf({ [INFERENCE_SERVICE.plural]: [...strangers, object('ours', { status: 'odd', spec: 5 })] }),
      'ns'
    );
    expect(owned.map(({ name }) => name)).toEqual(['ours']);
  });

  it('is known but for the kind that cannot be listed', async () => {
    const missing = new TunerError('CLUSTER_KIND_MISSING', 'no such kind');
    const { owned, problems } = await listOwnedObjects(
      clusterOf({
        [LEASE.plural]: [lease('a', minutesAgo(30))],
        [INFERENCE_SERVICE.plural]: missing,
        [BENCHMARK_JOB.plural]: new Error('it is forbidden'),
      }),
      'ns'
    );
    expect(owned.map(({ kind }) => kind)).toEqual(['Lease']);
    expect(problems).toEqual(['benchmarkjobs in the namespace ns: it is forbidden']);
  });

  it('is unknown without the leases: they say who lives', async () => {
    const cluster = clusterOf({
      [LEASE.plural]: new Error('away'),
      [INFERENCE_SERVICE.plural]: [object('a')] as Manifest[],
    });
    expect(await listOwnedObjects(cluster, 'ns')).toEqual({
      owned: [],
      problems: ['leases in the namespace ns: away'],
    });
  });
});
