/** What ran in the cluster: taken from the pod, not from what was asked for. */
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import type { Deployment, EngineInfo } from '../types.js';
import type { ServingPlan } from './catalog.js';
import { engineSelector, listPods } from './evidence.js';
import { z } from 'zod';

const podSchema = z.object({
  spec: z.object({
    containers: z.array(
      z.object({
        name: z.string(),
        image: z.string().default(''),
        command: z.array(z.string()).nullish(),
        args: z.array(z.string()).nullish(),
      })
    ),
  }),
  status: z
    .object({ containerStatuses: z.array(z.object({ name: z.string(), imageID: z.string().default('') })).nullish() })
    .optional(),
});

/** The image is the version: nothing else names what is inside. */
export async function describeEngine(
  cluster: Cluster,
  { name, task }: Deployment,
  plan: ServingPlan
): Promise<EngineInfo> {
  const { items } = await listPods(cluster, task.model.namespace, engineSelector(name));
  const pod = podSchema.safeParse(items[0]).data;
  const container = pod?.spec.containers.find((item) => item.name === plan.container) ?? pod?.spec.containers[0];
  const imageId = pod?.status?.containerStatuses?.find((item) => item.name === container?.name)?.imageID;
  return {
    engine: typeof task.engine === 'string' ? task.engine : 'command',
    version: [container?.image, imageId].filter(Boolean).join(' ') || 'unknown',
    model: `${plan.model.kind} ${plan.model.name}, ${plan.runtime.kind} ${plan.runtime.name}`,
    command: [...(container?.command ?? []), ...(container?.args ?? plan.args)],
  };
}
