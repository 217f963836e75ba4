/** The status of an InferenceService. Pure, but for the time of a transition. */
import type { V1Deployment, V1DeploymentCondition } from '@kubernetes/client-node';
import type { Condition, InferenceService } from './types.js';

/** @param available the Deployment's condition; absent until its controller has seen it. */
export function statusOf(
  service: InferenceService,
  available: V1DeploymentCondition | undefined,
  port: number,
  deployment: V1Deployment
): object {
  const { name = '', namespace = '' } = service.metadata ?? {};
  const url = `http://${name}.${namespace}.svc.cluster.local:${port}`;
  const engine: Condition = {
    type: 'EngineReady',
    status: available?.status ?? 'Unknown',
    ...(available?.status === 'True' || !available ? {} : reasonOf(available)),
  };
  const ingress: Condition = {
    type: 'IngressReady',
    status: 'True',
    reason: 'IngressDisabled',
    message: 'Ingress creation is disabled, using external service for access',
  };
  // Knative's rule: ready is what all the others are.
  const ready: Condition = { ...engine, type: 'Ready' };
  const revision = deployment.metadata?.annotations?.['deployment.kubernetes.io/revision'];
  return {
    ...service.status,
    url,
    address: { url },
    observedGeneration: deployment.status?.observedGeneration ?? 0,
    components: { engine: revision === undefined ? {} : { latestCreatedRevision: revision } },
    conditions: [engine, ingress, ready].map((condition) => withTransition(condition, service)),
  };
}

/** Ready although nothing was deployed. */
export function readyStatus(service: InferenceService): object {
  const { name = '', namespace = '' } = service.metadata ?? {};
  const url = `http://${name}.${namespace}.svc.cluster.local`;
  const message = 'InferenceService is in VirtualDeployment mode';
  const ready: Condition = { type: 'Ready', status: 'True', reason: 'VirtualDeployment', message };
  return { ...service.status, url, address: { url }, conditions: [withTransition(ready, service)] };
}

function reasonOf({ reason = '', message = '' }: V1DeploymentCondition): Pick<Condition, 'reason' | 'message'> {
  return { reason, message };
}

function withTransition(condition: Condition, { status }: InferenceService): Condition {
  const before = status?.conditions?.find(({ type }) => type === condition.type);
  const same = before?.status === condition.status && before.lastTransitionTime !== undefined;
  return { ...condition, lastTransitionTime: same ? before.lastTransitionTime : new Date().toISOString() };
}
