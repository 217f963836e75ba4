/** Looks up what an InferenceService refers to. Namespaced resources come before cluster-wide ones. */
import type { KubernetesListObject } from '@kubernetes/client-node';
import type { Api } from '../rig/api.js';
import { autoSelectRank, incompatibility } from './runtime-selection.js';
import { OME, type BaseModel, type InferenceService, type ServingRuntime } from './types.js';

/** A runtime that does not fit; `reason` is the event's. */
export class RuntimeError extends Error {
  constructor(
    readonly reason: 'RuntimeValidationError' | 'RuntimeSelectionError',
    message: string
  ) {
    super(message);
  }
}

export async function findModel(api: Api, name: string, namespace: string): Promise<BaseModel | null> {
  const own = await api.find<BaseModel>(`${OME}/namespaces/${namespace}/basemodels/${name}`);
  return own ?? api.find<BaseModel>(`${OME}/clusterbasemodels/${name}`);
}

/** @throws RuntimeError when the one that is named, or every one that is there, does not fit. */
export function runtimeFor(api: Api, service: InferenceService, model: BaseModel): Promise<ServingRuntime> {
  const name = service.spec?.runtime?.name;
  const namespace = service.metadata?.namespace ?? '';
  return name === undefined ? selectRuntime(api, namespace, model) : namedRuntime(api, namespace, name, model);
}

async function namedRuntime(api: Api, namespace: string, name: string, model: BaseModel): Promise<ServingRuntime> {
  const refuse = (why: string): RuntimeError =>
    new RuntimeError(
      'RuntimeValidationError',
      `Runtime ${name} does not support model ${model.metadata?.name}: ${why}`
    );
  const own = await api.find<ServingRuntime>(`${OME}/namespaces/${namespace}/servingruntimes/${name}`);
  const runtime = own ?? (await api.find<ServingRuntime>(`${OME}/clusterservingruntimes/${name}`));
  if (!runtime) throw refuse(`runtime ${name} not found in namespace ${namespace} or at cluster scope`);
  if (runtime.spec.disabled) throw refuse(`${own ? 'namespace' : 'cluster'}-scoped runtime ${name} is disabled`);
  const why = incompatibility(runtime, model.spec);
  if (why !== null) throw refuse(`runtime ${name} does not support model ${model.spec.modelFormat?.name}: ${why}`);
  return runtime;
}

async function selectRuntime(api: Api, namespace: string, model: BaseModel): Promise<ServingRuntime> {
  const list = (path: string): Promise<KubernetesListObject<ServingRuntime>> => api.get(`${OME}/${path}`);
  const scopes = await Promise.all([list(`namespaces/${namespace}/servingruntimes`), list('clusterservingruntimes')]);
  for (const { items } of scopes) {
    const ranked = items.map((runtime) => ({ runtime, rank: autoSelectRank(runtime, model.spec) }));
    const [best] = ranked.filter(({ rank }) => rank !== null).sort((a, b) => Number(b.rank) - Number(a.rank));
    if (best) return best.runtime;
  }
  const [own, cluster] = scopes.map(({ items }) => items.length);
  const name = model.metadata?.name;
  throw new RuntimeError(
    'RuntimeSelectionError',
    `Failed to find runtime for model ${name}: no runtime found to support model ${name} with format ` +
      `${model.spec.modelFormat?.name} in namespace ${namespace}. Checked ${Number(own) + Number(cluster)} runtimes ` +
      `(${own} namespace-scoped, ${cluster} cluster-scoped)`
  );
}
