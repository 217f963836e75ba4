/** Strategic merge, as Kubernetes does it for pods: maps are merged by key, some lists by a field, all others are replaced. */

/** The field that identifies an element, for the lists that are merged. */
const LIST_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  ports: 'containerPort',
  volumeMounts: 'mountPath',
  imagePullSecrets: 'name',
};

type Json = Readonly<Record<string, unknown>>;

/** What `override` says wins; what it leaves out stays. */
export function strategicMerge<T extends object>(base: T, override: Partial<T>): T {
  const merged: Record<string, unknown> = { ...(base as Json) };
  for (const [key, value] of Object.entries(override)) {
    if (value === undefined) continue;
    merged[key] = mergeValue(key, merged[key], value);
  }
  return merged as T;
}

function mergeValue(key: string, base: unknown, override: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(override)) {
    const listKey = LIST_KEYS[key];
    return listKey === undefined ? override : mergeLists(base as Json[], override as Json[], listKey);
  }
  return isMap(base) && isMap(override) ? strategicMerge(base, override) : override;
}

function mergeLists(base: readonly Json[], override: readonly Json[], key: string): Json[] {
  const merged = base.map((item) => {
    const own = override.find((candidate) => candidate[key] === item[key]);
    return own ? strategicMerge(item, own) : item;
  });
  return [...merged, ...override.filter((item) => !base.some((candidate) => candidate[key] === item[key]))];
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
