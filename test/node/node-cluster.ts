/** The test cluster with one real node: the control plane of test/cluster, containers in place of processes, and OME's stand-in. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { OmeStandIn } from '../cluster/ome-stand-in/ome-stand-in.js';
import type { Api } from '../cluster/rig/api.js';
import { Children } from '../cluster/rig/children.js';
import { startControlPlane } from '../cluster/rig/control-plane.js';
import { kubectlCommand, runKubectl } from '../cluster/rig/kubectl.js';
import { omeDefinitions } from '../cluster/rig/ome-definitions.js';
import { copyPreparedData } from '../cluster/rig/prepared-data.js';
import { clusterProgram } from '../cluster/rig/program.js';
import { Volumes } from '../cluster/rig/volumes.js';
import { ClusterNames } from './cluster-names.js';
import { createBridge, NODE_ADDRESS } from './containerd.js';
import { NODE, startRealNode } from './real-node.js';

export interface NodeClusterOptions {
  /** Empty; all that the cluster writes is in there. */
  readonly dir: string;
  readonly program: string;
  readonly archive: string;
  readonly cgroup: string;
}

export class NodeCluster {
  private constructor(
    readonly dir: string,
    readonly api: Api,
    /** Seconds that each part took to start. */
    readonly took: Readonly<Record<string, number>>,
    private readonly volumes: Volumes,
    private readonly kubectlProgram: string,
    private readonly stops: readonly (() => Promise<void> | void)[]
  ) {}

  /** On a machine of its own: a bridge is made, and names are served on port 53. */
  static async up({ dir, program, archive, cgroup }: NodeClusterOptions): Promise<NodeCluster> {
    const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
    const controlPlane = await clusterProgram(onProgress);
    if (!controlPlane) throw new Error('the test cluster needs Go to be built');
    await mkdir(dir, { recursive: true });
    const children = await Children.guarded(dir);
    const stops: (() => Promise<void> | void)[] = [() => children.end()];
    try {
      await createBridge();
      const { definitions } = await omeDefinitions();
      await copyPreparedData(join(dir, 'etcd'), controlPlane, definitions, onProgress);
      const startedAt = performance.now();
      const options = { dir, children, users: [], program: controlPlane.program, address: NODE_ADDRESS };
      const { api } = await startControlPlane(options);
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
      const kubeconfig = join(dir, 'admin.kubeconfig');
      const volumes = new Volumes(api, join(dir, 'volumes'), NODE);
      const names = new ClusterNames(api);
      const ome = new OmeStandIn(api);
      stops.push(
        () => volumes.stop(),
        () => names.stop(),
        () => ome.stop()
      );
      await Promise.all([volumes.start(), names.start(NODE_ADDRESS), ome.start()]);
      const node = { api, children, dir: join(dir, 'node'), program, kubeconfig, archive, cgroup };
      const took = { 'control plane': seconds, ...(await startRealNode(node)) };
      return new NodeCluster(dir, api, took, volumes, controlPlane.program, stops);
    } catch (error) {
      for (const stop of stops.reverse()) await stop();
      throw error;
    }
  }

  /** The administrator's. */
  get kubeconfig(): string {
    return join(this.dir, 'admin.kubeconfig');
  }

  /** @throws Error with what kubectl printed when it fails. @returns its standard output. */
  kubectl(...args: string[]): Promise<string> {
    return runKubectl(kubectlCommand(this.kubectlProgram, this.kubeconfig), this.dir, args);
  }

  /** The folder of the node behind a PersistentVolumeClaim. */
  volume(namespace: string, claim: string): string {
    return this.volumes.folder(namespace, claim);
  }

  async down(): Promise<void> {
    for (const stop of [...this.stops].reverse()) await stop();
  }
}
