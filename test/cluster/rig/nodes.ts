/** Fake nodes. kwok keeps them ready and serves their kubelet's HTTP endpoints. */
import type { V1Node } from '@kubernetes/client-node';
import type { Api } from './api.js';
import { KWOK_NODE } from './components.js';
import { until } from './wait.js';

export interface NodeOptions {
  readonly name: string;
  /** `nvidia.com/gpu` that the node has. */
  readonly gpus: number;
  /** Added to what every node has, such as `models.ome.io/clusterbasemodel.<name>: Ready`. */
  readonly labels?: Readonly<Record<string, string>>;
}

const GPU_PRODUCT = 'NVIDIA-H100-80GB-HBM3';

/** Creates the node and waits until pods can be put on it. */
export async function addNode(api: Api, options: NodeOptions): Promise<void> {
  await api.apply(`/api/v1/nodes/${options.name}`, nodeOf(options));
  const capacity = { cpu: '64', memory: '512Gi', pods: '110', 'nvidia.com/gpu': `${options.gpus}` };
  await api.patch(`/api/v1/nodes/${options.name}/status`, { status: { capacity, allocatable: capacity } });
  await until(`node ${options.name} to be ready`, async () => {
    const { status, spec } = await api.get<V1Node>(`/api/v1/nodes/${options.name}`);
    const ready = status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True');
    // The taint `not-ready` goes a moment later.
    return ready && !spec?.taints?.length;
  });
}

/** Sets labels; null removes one. */
export async function labelNode(
  api: Api,
  name: string,
  labels: Readonly<Record<string, string | null>>
): Promise<void> {
  await api.patch(`/api/v1/nodes/${name}`, { metadata: { labels } });
}

function nodeOf({ name, gpus, labels = {} }: NodeOptions): V1Node {
  const gpu = {
    'nvidia.com/gpu.present': 'true',
    'nvidia.com/gpu.product': GPU_PRODUCT,
    'nvidia.com/gpu.count': `${gpus}`,
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: KWOK_NODE,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...(gpus > 0 ? gpu : {}),
        ...labels,
      },
    },
  };
}
