/** How the contract tests look at what is in the namespace of their run, and wait for it. */
import type { KubernetesListObject, KubernetesObject, V1Deployment, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import type { OmeCluster } from './ome-cluster.js';
import type { BenchmarkJob, InferenceService } from './ome-stand-in/types.js';
import { until } from './rig/wait.js';
import { eventsOf, OME, untilGone, untilObject } from './support.js';

const GROUPS = {
  inferenceservices: OME,
  benchmarkjobs: OME,
  deployments: '/apis/apps/v1',
  jobs: '/apis/batch/v1',
  pods: '/api/v1',
  services: '/api/v1',
  persistentvolumeclaims: '/api/v1',
};
/** Resources of a namespace, as in their paths. */
export type Resource = keyof typeof GROUPS;
type Condition<T> = (object: T) => boolean | undefined;

export class OmeView {
  constructor(protected readonly cluster: OmeCluster) {}

  path(resource: Resource, name?: string): string {
    const collection = `${GROUPS[resource]}/namespaces/${this.cluster.own.namespace}/${resource}`;
    return name === undefined ? collection : `${collection}/${name}`;
  }

  until<T extends KubernetesObject>(
    resource: Resource,
    name: string,
    what: string,
    condition: Condition<T>
  ): Promise<T> {
    const { api, patience } = this.cluster;
    return untilObject<T>(api, this.path(resource, name), what, condition, patience);
  }

  untilReady(name: string): Promise<InferenceService> {
    return this.until('inferenceservices', name, 'ready', (it) => conditionOf(it, 'Ready') === 'True');
  }

  untilState(name: string, state: RegExp): Promise<BenchmarkJob> {
    return this.until('benchmarkjobs', name, `${state}`, ({ status }: BenchmarkJob) => state.test(status?.state ?? ''));
  }

  /** The pod that an InferenceService's Deployment asks for. */
  async untilEngine(name: string): Promise<V1PodSpec> {
    const there: Condition<V1Deployment> = ({ metadata }) => metadata?.uid !== undefined;
    const { spec } = await this.until('deployments', `${name}-engine`, 'there', there);
    return spec?.template.spec ?? { containers: [] };
  }

  async pods(selector: string): Promise<V1Pod[]> {
    const path = `${this.path('pods')}?labelSelector=${encodeURIComponent(selector)}`;
    return (await this.cluster.api.get<KubernetesListObject<V1Pod>>(path)).items;
  }

  async untilPod(selector: string): Promise<V1Pod> {
    const [pod] = await until(`a pod with ${selector}`, () => this.anyPods(selector), this.cluster.patience);
    return pod as V1Pod;
  }

  events(name: string): Promise<string[]> {
    return eventsOf(this.cluster.api, name, this.cluster.own.namespace);
  }

  untilEvent(name: string, pattern: RegExp): Promise<string> {
    const look = async (): Promise<string | undefined> => (await this.events(name)).find((text) => pattern.test(text));
    return until(`an event about ${name} like ${pattern}`, look, this.cluster.patience);
  }

  untilGone(resource: Resource, name: string): Promise<true> {
    return untilGone(this.cluster.api, this.path(resource, name), this.cluster.patience);
  }

  private async anyPods(selector: string): Promise<V1Pod[] | null> {
    const pods = await this.pods(selector);
    return pods.length > 0 ? pods : null;
  }
}

/** The status of one of its conditions. */
export function conditionOf({ status }: InferenceService, type: string): string | undefined {
  return status?.conditions?.find((condition) => condition.type === type)?.status;
}
