/** What really happened in the cluster and when, seen by a watch of its own: neither side's own records are trusted. */
import { Watch } from '@kubernetes/client-node';

/** @returns {{ readyAtMs: Map<string, number>, completedAtMs: Map<string, number>, stop: () => void }} by object name */
export async function observe(config, namespace) {
  const readyAtMs = new Map();
  const completedAtMs = new Map();
  const first = (map, name) => map.has(name) || map.set(name, Date.now());
  const base = `/apis/ome.io/v1beta1/namespaces/${namespace}`;
  const watch = (plural, onObject) =>
    new Watch(config).watch(
      `${base}/${plural}`,
      {},
      (_, object) => onObject(object),
      () => undefined
    );
  const watches = await Promise.all([
    watch('inferenceservices', ({ metadata, status }) => {
      if (status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True'))
        first(readyAtMs, metadata.name);
    }),
    watch('benchmarkjobs', ({ metadata, status }) => {
      if (status?.state === 'Completed') first(completedAtMs, metadata.name);
    }),
  ]);
  return { readyAtMs, completedAtMs, stop: () => watches.forEach((watching) => watching.abort()) };
}
