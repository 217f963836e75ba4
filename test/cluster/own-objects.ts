/** What the contract tests make in a cluster that is not theirs, by names of its own; all of it can be taken away again. */
import { randomBytes } from 'node:crypto';
import type { KubernetesListObject, KubernetesObject, V1Node } from '@kubernetes/client-node';
import { unless, type Api } from './rig/api.js';
import { until, type Patience } from './rig/wait.js';
import { OME, untilGone } from './support.js';

/** Everything of a run carries it, with the run's suffix. */
export const RUN_LABEL = 'tuner.test/run';

const NAMESPACES = '/api/v1/namespaces';
const ENGINES_AND_JOBS = ['inferenceservices', 'benchmarkjobs'];
const FOREGROUND = { propagationPolicy: 'Foreground' };

/** Kinds of OME's that belong to no namespace. */
type ClusterKind = 'clusterbasemodels' | 'clusterservingruntimes';
const CLUSTER_KINDS: readonly ClusterKind[] = ['clusterbasemodels', 'clusterservingruntimes'];

export class OwnObjects {
  private readonly suffix = randomBytes(4).toString('hex');
  readonly namespace = `ome-contract-${this.suffix}`;
  /** The node's labels as they were; null: there was none. */
  private readonly labelsBefore = new Map<string, string | null>();

  private constructor(
    private readonly api: Api,
    private readonly node: string,
    private readonly patience: Patience
  ) {}

  /** Makes the namespace, in which pods can be created as soon as this resolves. */
  static async create(api: Api, node: string, patience: Patience): Promise<OwnObjects> {
    const own = new OwnObjects(api, node, patience);
    // OME mounts a model's folder of the node into the engine.
    const labels = { [RUN_LABEL]: own.suffix, 'pod-security.kubernetes.io/enforce': 'privileged' };
    await api.create(NAMESPACES, { metadata: { name: own.namespace, labels } });
    try {
      const account = `${NAMESPACES}/${own.namespace}/serviceaccounts/default`;
      await until('the service account that pods need', () => api.find(account), patience);
    } catch (error) {
      await own.remove();
      throw error;
    }
    return own;
  }

  /** A name that nothing else in the cluster has. */
  name(base: string): string {
    return `${base}-${this.suffix}`;
  }

  /** Removes by hand what an interrupted run has left, but for labels of models that nobody has. */
  get removeByHand(): string {
    const kinds = CLUSTER_KINDS.join(',');
    return `kubectl delete namespace ${this.namespace}; kubectl delete ${kinds} -l ${RUN_LABEL}=${this.suffix}`;
  }

  /** @param object named by `name`. */
  createInCluster(kind: ClusterKind, object: KubernetesObject): Promise<KubernetesObject> {
    const metadata = { ...object.metadata, labels: { ...object.metadata?.labels, [RUN_LABEL]: this.suffix } };
    return this.api.create(`${OME}/${kind}`, { ...object, metadata });
  }

  /** Labels the node until the end. */
  async label(labels: Readonly<Record<string, string>>): Promise<void> {
    const path = `/api/v1/nodes/${this.node}`;
    const { metadata } = await this.api.get<V1Node>(path);
    for (const key of Object.keys(labels))
      if (!this.labelsBefore.has(key)) this.labelsBefore.set(key, metadata?.labels?.[key] ?? null);
    await this.api.patch(path, { metadata: { labels } });
  }

  /**
   * Removes everything, and waits until it is gone.
   * @throws Error that says what is left, and how it can be removed.
   */
  async remove(): Promise<void> {
    // Engines first, while there is everything that OME's manager may look at.
    const engines = await allOf(
      ENGINES_AND_JOBS.map((plural) => this.removeAll(`${OME}/namespaces/${this.namespace}/${plural}`))
    );
    const others = await allOf([
      ...CLUSTER_KINDS.map((kind) => this.removeAll(`${OME}/${kind}`, `?labelSelector=${RUN_LABEL}%3D${this.suffix}`)),
      this.removeNamespace(),
      this.restoreLabels(),
    ]);
    const failures = [...engines, ...others];
    if (failures.length > 0) throw new Error(`${failures.join('\n')}\nto be removed by hand: ${this.removeByHand}`);
  }

  private async removeAll(collection: string, selector = ''): Promise<void> {
    const path = `${collection}${selector}`;
    await this.api.remove(path, FOREGROUND);
    const none = async (): Promise<boolean> =>
      (await this.api.get<KubernetesListObject<KubernetesObject>>(path)).items.length === 0;
    await until(`nothing to be left of ${path}`, none, this.patience);
  }

  private async removeNamespace(): Promise<void> {
    const path = `${NAMESPACES}/${this.namespace}`;
    // One that is on its way already cannot be deleted again.
    await this.api.remove(path).catch(unless(409));
    await untilGone(this.api, path, this.patience);
  }

  private async restoreLabels(): Promise<void> {
    if (this.labelsBefore.size === 0) return;
    const labels = Object.fromEntries(this.labelsBefore);
    await this.api.patch(`/api/v1/nodes/${this.node}`, { metadata: { labels } });
  }
}

/** Waits for all of them. @returns what went wrong. */
async function allOf(actions: readonly Promise<unknown>[]): Promise<string[]> {
  const results = await Promise.allSettled(actions);
  return results.flatMap((result) => (result.status === 'rejected' ? [`${result.reason}`] : []));
}
