/** A machine as a node of the test cluster: containerd, kubelet and kube-proxy, in a network and a process space of their own. */
import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Node } from '@kubernetes/client-node';
import type { Api } from '../cluster/rig/api.js';
import type { Children } from '../cluster/rig/children.js';
import { until } from '../cluster/rig/wait.js';
import { importImages, NODE_ADDRESS, socketOf, startContainerd } from './containerd.js';

export const NODE = 'real-0';
const KUBELET_PORT = 10250;

const resolversIn = (dir: string): string => join(dir, 'resolv.conf');

export interface RealNodeOptions {
  readonly api: Api;
  readonly children: Children;
  /** For all that is the node's. */
  readonly dir: string;
  /** The node's program. */
  readonly program: string;
  /** The administrator's. */
  readonly kubeconfig: string;
  /** Of all images that pods may run. */
  readonly archive: string;
  /** The branch of the control groups below which pods get theirs, such as `/name`. */
  readonly cgroup: string;
}

/** Resolves when pods can be put on it. @returns seconds that each part took. */
export async function startRealNode(options: RealNodeOptions): Promise<Readonly<Record<string, number>>> {
  const { api, dir, children, archive } = options;
  await mkdir(dir, { recursive: true });
  const took: Record<string, number> = {};
  const timed = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const startedAt = performance.now();
    await work();
    took[what] = Math.round((performance.now() - startedAt) / 100) / 10;
  };
  await timed('containerd', () => startContainerd(dir, children));
  await timed('images', () => importImages(dir, archive));
  // Nobody else could be asked for names.
  await writeFile(resolversIn(dir), '');
  await timed('node ready', async () => {
    await startPart(options, 'kubelet', kubelet(options), [
      ...[`--kubeconfig=${options.kubeconfig}`, `--root-dir=${join(dir, 'kubelet')}`, `--cert-dir=${join(dir, 'pki')}`],
      ...[`--hostname-override=${NODE}`, `--node-ip=${NODE_ADDRESS}`],
    ]);
    await startPart(options, 'kube-proxy', kubeProxy(options), []);
    await until('the node to be ready', async () => {
      const node = await api.get<V1Node>(`/api/v1/nodes/${NODE}`);
      const ready = node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
      // The taint `not-ready` goes a moment later.
      return ready && !node.spec?.taints?.length;
    });
  });
  return took;
}

async function startPart(
  { dir, children, program }: RealNodeOptions,
  name: string,
  config: object,
  args: readonly string[]
): Promise<void> {
  const file = join(dir, `${name}.yaml`);
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config, null, 2));
  const env = { PATH: process.env['PATH'], HOME: dir };
  await children.start([program, name, `--config=${file}`, ...args], {
    env,
    cwd: dir,
    logFile: join(dir, `${name}.log`),
  });
}

function kubelet({ dir, cgroup }: RealNodeOptions): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: NODE_ADDRESS,
    port: KUBELET_PORT,
    healthzPort: 0,
    readOnlyPort: 0,
    // Nobody else is on this network.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${socketOf(dir)}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: cgroup,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    failCgroupV1: false,
    clusterDomain: 'cluster.local',
    clusterDNS: [NODE_ADDRESS],
    resolvConf: resolversIn(dir),
    nodeStatusUpdateFrequency: '2s',
    // Images came in an archive, and could not be had again.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': '100Mi' },
    volumePluginDir: join(dir, 'plugins'),
    podLogsDir: join(dir, 'logs'),
  };
}

function kubeProxy({ kubeconfig }: RealNodeOptions): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig },
    hostnameOverride: NODE,
    mode: 'iptables',
    // Pods are on one bridge, and would answer each other past the rules that have changed the address.
    iptables: { masqueradeAll: true },
    // Settings of the kernel, for every network.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}
