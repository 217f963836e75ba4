/** Whether OME is there, runs, and has something to serve. */
import { CustomObjectsApi } from '@kubernetes/client-node';
import { z } from 'zod';
import {
  BASE_MODEL,
  CLUSTER_BASE_MODEL,
  CLUSTER_SERVING_RUNTIME,
  DEPLOYMENT,
  SERVING_RUNTIME,
} from '../../backends/ome/kinds.js';
import { isNotFound, type Cluster, type CustomKind } from '../../platform/kubernetes/cluster.js';
import type { Manifest } from '../../platform/kubernetes/manifest.js';
import { INSTALL_OME, unlessForbidden, type ClusterFinding } from './findings.js';

const NAMESPACE = 'ome';
/** So it is called by OME's chart. */
const CONTROLLER = 'ome-controller-manager';
const KINDS = ['inferenceservices', 'benchmarkjobs', 'clusterbasemodels', 'clusterservingruntimes'];
const SHOWN_NAMES = 5;

const controllerSchema = z.object({
  spec: z.object({ template: z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })) }) }) }),
  status: z.object({ readyReplicas: z.number().default(0) }).default({ readyReplicas: 0 }),
});
const stateSchema = z.object({ status: z.object({ state: z.string() }) });

/** By discovery, which every account may use; the definitions themselves few may read. */
export async function checkKinds(cluster: Cluster): Promise<ClusterFinding[]> {
  const known = await servedKinds(cluster);
  return KINDS.map((plural) => {
    const found = known.includes(plural);
    return {
      state: found ? 'ok' : 'missing',
      what: plural,
      found: found ? 'known, ome.io/v1beta1' : 'not known: OME is not installed, or not completely',
      advice: INSTALL_OME,
    };
  });
}

export function checkController(cluster: Cluster): Promise<ClusterFinding> {
  const what = 'OME controller';
  return unlessForbidden(what, async () => {
    const deployment = await cluster.get(DEPLOYMENT, NAMESPACE, CONTROLLER);
    const controller = controllerSchema.safeParse(deployment).data;
    if (!controller) {
      return { state: 'missing', what, found: `no ${CONTROLLER} in namespace ${NAMESPACE}`, advice: INSTALL_OME };
    }
    const [container] = controller.spec.template.spec.containers;
    const { readyReplicas } = controller.status;
    return {
      state: readyReplicas > 0 ? 'ok' : 'missing',
      what,
      found: `${readyReplicas > 0 ? 'ready' : 'not ready'}, ${container?.image ?? 'no image'}`,
      advice: `kubectl -n ${NAMESPACE} describe deployment ${CONTROLLER}`,
    };
  });
}

export function checkCatalog(cluster: Cluster, namespace: string): Promise<ClusterFinding[]> {
  const look = (what: string, kinds: readonly CustomKind[], file: string): Promise<ClusterFinding> =>
    unlessForbidden(what, async () => {
      const listed = await Promise.all(kinds.map((kind) => listAll(cluster, kind, namespace)));
      const names = listed.flat().map(describe);
      const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : '';
      return {
        state: names.length > 0 ? 'ok' : 'warning',
        what,
        found: names.slice(0, SHOWN_NAMES).join(', ') + more || 'none',
        advice: `kubectl apply -f examples/kubernetes/${file}`,
      };
    });
  return Promise.all([
    look('models', [CLUSTER_BASE_MODEL, BASE_MODEL], 'model.yaml'),
    look('runtimes', [CLUSTER_SERVING_RUNTIME, SERVING_RUNTIME], 'runtime.yaml'),
  ]);
}

async function servedKinds(cluster: Cluster): Promise<string[]> {
  const api = cluster.config.makeApiClient(CustomObjectsApi);
  const { group, version } = CLUSTER_BASE_MODEL;
  try {
    const { resources } = await cluster.request(`list the kinds of ${group}`, undefined, (options) =>
      api.getAPIResources({ group, version }, options)
    );
    return resources.map(({ name }) => name);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

async function listAll(cluster: Cluster, kind: CustomKind, namespace: string): Promise<readonly Manifest[]> {
  if (kind.namespaced) return (await cluster.list(kind, namespace, {})).items;
  const { group, version, plural } = kind;
  const api = cluster.config.makeApiClient(CustomObjectsApi);
  const list = (await cluster.request(`list ${plural}`, undefined, (options) =>
    api.listClusterCustomObject({ group, version, plural }, options)
  )) as { readonly items: readonly Manifest[] };
  return list.items;
}

/** OME's agent says whether a model is on a node; a runtime has no state. */
function describe(object: Manifest): string {
  const state = stateSchema.safeParse(object).data?.status.state;
  return state && state !== 'Ready' ? `${object.metadata.name} (${state})` : object.metadata.name;
}
