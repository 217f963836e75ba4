/** The objects that an InferenceService comes to. Pure. */
import type {
  KubernetesObject,
  V1Deployment,
  V1ObjectMeta,
  V1OwnerReference,
  V1PodDisruptionBudget,
  V1Service,
  V2HorizontalPodAutoscaler,
} from '@kubernetes/client-node';
import { portOf, type Engine } from './engine-pod.js';
import { INFERENCE_SERVICE_LABEL, truncated } from './names.js';

/** An object and the collection that it belongs to. */
export interface Owned {
  readonly collection: string;
  readonly object: KubernetesObject;
}

export function deployment(engine: Engine, namespace: string, owner: V1OwnerReference): Owned {
  const app = truncated(engine.name);
  const object: V1Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(engine, namespace, owner),
    spec: {
      selector: { matchLabels: { app } },
      // OME's own: a new engine comes up before the old one goes.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: { ...engine.labels, app }, annotations: { ...engine.annotations } },
        spec: engine.pod,
      },
    },
  };
  return { collection: `/apis/apps/v1/namespaces/${namespace}/deployments`, object };
}

/** In front of the engine's pods. */
export function engineService(engine: Engine, namespace: string, owner: V1OwnerReference): Owned {
  const selector = { app: truncated(engine.name) };
  return service({ ...metadata(engine, namespace, owner), name: truncated(engine.name) }, selector, engine);
}

/** What clients use, since the chart's defaults make no ingress. */
export function externalService(engine: Engine, name: string, namespace: string, owner: V1OwnerReference): Owned {
  const labels = { [INFERENCE_SERVICE_LABEL]: name, component: 'external-service' };
  const selector = { [INFERENCE_SERVICE_LABEL]: name, component: 'engine' };
  return service({ name, namespace, labels, ownerReferences: [owner] }, selector, engine);
}

/** Without a metrics API the real autoscaler complains about it. */
export function autoscaler(engine: Engine, namespace: string, owner: V1OwnerReference): Owned {
  const target = { type: 'Utilization', averageUtilization: 80 };
  const object: V2HorizontalPodAutoscaler = {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(engine, namespace, owner),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: engine.name },
      minReplicas: engine.minReplicas,
      maxReplicas: engine.minReplicas,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    },
  };
  return { collection: `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`, object };
}

export function disruptionBudget(engine: Engine, namespace: string, owner: V1OwnerReference): Owned {
  const object: V1PodDisruptionBudget = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(engine, namespace, owner),
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: truncated(engine.name) } } },
  };
  return { collection: `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, object };
}

function metadata({ name, labels }: Engine, namespace: string, owner: V1OwnerReference): V1ObjectMeta {
  return { name, namespace, labels: { ...labels, app: truncated(name) }, ownerReferences: [owner] };
}

function service(meta: V1ObjectMeta, selector: Record<string, string>, { pod }: Engine): Owned {
  const port = portOf(pod);
  const ports = [{ name: pod.containers[0]?.ports?.[0]?.name ?? 'http', port, targetPort: port, protocol: 'TCP' }];
  const object: V1Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta,
    spec: { selector, ports },
  };
  return { collection: `/api/v1/namespaces/${meta.namespace}/services`, object };
}
