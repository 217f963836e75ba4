/**
 * A real Kubernetes cluster without machines: etcd and the control plane as processes on loopback, a fake node whose pods are
 * processes of this machine, and a stand-in for OME's controller.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { OmeStandIn, type OmeOptions } from '../ome-stand-in/ome-stand-in.js';
import type { Api } from './api.js';
import { ApiProxy } from './api-proxy.js';
import type { ApiServer } from './api-server.js';
import { Children } from './children.js';
import { startControlPlane } from './control-plane.js';
import { ADMIN } from './credentials.js';
import { kubectlCommand, runKubectl } from './kubectl.js';
import { addNode, labelNode } from './nodes.js';
import { omeDefinitions } from './ome-definitions.js';
import type { Images } from './pods/image-program.js';
import { PodProcesses } from './pods/pod-processes.js';
import { copyPreparedData } from './prepared-data.js';
import { clusterProgram } from './program.js';
import { Volumes } from './volumes.js';

export const NODE = 'gpu-0';
const DEFAULT_GPUS = 8;

export interface RigOptions {
  /** The run's folder, removed by `down` if it is not given. What an earlier run has left running in it is ended. */
  readonly dir?: string;
  /** What runs for an image; may be added to later through `rig.images`. */
  readonly images: Images;
  /** `nvidia.com/gpu` of the node. @default 8 */
  readonly gpus?: number;
  /** Users besides the administrator, without any right until they are bound to a role. */
  readonly users?: readonly string[];
  /** How OME's stand-in behaves. False: there is none, and nothing of OME's is reconciled. */
  readonly ome?: OmeOptions | false;
  /** Is told what takes long. @default standard error */
  readonly onProgress?: (line: string) => void;
}

export class Rig {
  private readonly proxies: ApiProxy[] = [];

  private constructor(
    readonly dir: string,
    private readonly temporary: boolean,
    private readonly children: Children,
    private readonly server: ApiServer,
    readonly images: Images,
    readonly pods: PodProcesses,
    private readonly volumes: Volumes,
    /** The stand-in for OME's manager. */
    readonly ome: OmeStandIn,
    private readonly program: string
  ) {}

  /**
   * Brings everything up. When it fails nothing stays behind.
   * @throws Error when the cluster's program is missing and cannot be built.
   */
  static async up(options: RigOptions): Promise<Rig> {
    const {
      images,
      gpus = DEFAULT_GPUS,
      users = [],
      ome = {},
      onProgress = (line) => void process.stderr.write(`${line}\n`),
    } = options;
    const program = await clusterProgram(onProgress);
    if (!program) throw new Error('the test cluster needs Go to be built');
    const dir = options.dir === undefined ? await mkdtemp(join(tmpdir(), 'cluster-rig-')) : resolve(options.dir);
    await mkdir(dir, { recursive: true });
    const children = await Children.guarded(dir);
    try {
      const { definitions, from } = await omeDefinitions();
      // Which it was must be known when a test fails.
      onProgress(`test cluster with OME's definitions from ${from}`);
      await copyPreparedData(join(dir, 'etcd'), program, definitions, onProgress);
      const server = await startControlPlane({ dir, children, users, program: program.program });
      const { api } = server;
      const volumes = new Volumes(api, join(dir, 'volumes'));
      const volume = (namespace: string, claim: string): string => volumes.folder(namespace, claim);
      const pods = new PodProcesses({ api, children, dir: join(dir, 'pods'), images, volume });
      const standIn = new OmeStandIn(api, ome || {});
      const rig = new Rig(
        dir,
        options.dir === undefined,
        children,
        server,
        images,
        pods,
        volumes,
        standIn,
        program.program
      );
      const starting = [volumes.start(), pods.start(), addNode(api, { name: NODE, gpus })];
      await Promise.all([...starting, ...(ome === false ? [] : [standIn.start()])]);
      return rig;
    } catch (error) {
      await children.end();
      throw error;
    }
  }

  /** As the administrator. */
  get api(): Api {
    return this.server.api;
  }

  /** The administrator's kubeconfig. */
  get kubeconfig(): string {
    return join(this.dir, `${ADMIN}.kubeconfig`);
  }

  /** @param user one of the option `users`, or `admin`. */
  async kubeconfigFor(user: string): Promise<string> {
    return this.server.credentials.writeKubeconfig(user, this.server.api.access.server);
  }

  /** kubectl as the administrator, for a person. */
  get kubectlCommand(): readonly string[] {
    return kubectlCommand(this.program, this.kubeconfig);
  }

  /** @throws Error with what kubectl printed when it fails. @returns its standard output. */
  kubectl(...args: string[]): Promise<string> {
    return runKubectl(this.kubectlCommand, this.dir, args);
  }

  killApiServer(): Promise<void> {
    return this.server.kill();
  }

  startApiServer(): Promise<void> {
    return this.server.restart();
  }

  /** The folder of this machine behind a PersistentVolumeClaim. */
  volume(namespace: string, claim: string): string {
    return this.volumes.folder(namespace, claim);
  }

  /** A proxy in front of the API server, with a kubeconfig of its own: see api-proxy.ts for its faults. */
  async proxy(user = ADMIN): Promise<ApiProxy & { readonly kubeconfig: string }> {
    const { api, credentials } = this.server;
    const proxy = await ApiProxy.start(api.access.server, join(this.dir, 'pki'));
    this.proxies.push(proxy);
    const kubeconfig = await credentials.writeKubeconfig(
      user,
      proxy.url,
      `${user}-proxy-${this.proxies.length}.kubeconfig`
    );
    return Object.assign(proxy, { kubeconfig });
  }

  /** Labels the node; null removes a label. Pods of a model need the label that OME's model agent sets. */
  label(labels: Readonly<Record<string, string | null>>): Promise<void> {
    return labelNode(this.api, NODE, labels);
  }

  /** Ends everything, and removes the folder if it is the rig's own. */
  async down(): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    this.volumes.stop();
    await this.ome.stop();
    await this.pods.stop();
    await this.children.end();
    if (this.temporary) await rm(this.dir, { recursive: true, force: true });
  }
}
