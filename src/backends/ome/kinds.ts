/** The kinds of the cluster that the tuner reads and writes through the generic API. */
import type { CustomKind } from '../../platform/kubernetes/cluster.js';

const ome = (kind: string, plural: string, namespaced: boolean): CustomKind => ({
  group: 'ome.io',
  version: 'v1beta1',
  kind,
  plural,
  namespaced,
});

export const INFERENCE_SERVICE = ome('InferenceService', 'inferenceservices', true);
export const BENCHMARK_JOB = ome('BenchmarkJob', 'benchmarkjobs', true);
export const CLUSTER_BASE_MODEL = ome('ClusterBaseModel', 'clusterbasemodels', false);
export const BASE_MODEL = ome('BaseModel', 'basemodels', true);
export const CLUSTER_SERVING_RUNTIME = ome('ClusterServingRuntime', 'clusterservingruntimes', false);
export const SERVING_RUNTIME = ome('ServingRuntime', 'servingruntimes', true);
export const LEASE: CustomKind = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};
export const DEPLOYMENT: CustomKind = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};
export const JOB: CustomKind = { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', namespaced: true };
