/** Stands in for the cluster's DNS: local programs cannot look up services, so their arguments are rewritten. */
import type { V1Pod, V1Service } from '@kubernetes/client-node';

const SERVICE_URL = /http:\/\/([a-z0-9-]+)\.([a-z0-9-]+)(?:\.svc(?:\.cluster\.local)?)?(?::(\d+))?(?![\w.-])/g;

export interface ClusterView {
  service(name: string): V1Service | undefined;
  pods(): Iterable<V1Pod>;
  /** Where a pod's port leads on this machine. */
  localPort(pod: V1Pod, containerPort: number): number | undefined;
}

/** Replaces the URL of every service that has a ready pod; everything else stays as it is. */
export function resolveServices(text: string, view: ClusterView): string {
  return text.replace(SERVICE_URL, (all: string, name: string, namespace: string, port?: string) => {
    const service = view.service(`${namespace}/${name}`);
    const local = service && localPortOf(service, port === undefined ? 80 : Number(port), view);
    return local === undefined ? all : `http://127.0.0.1:${local}`;
  });
}

function localPortOf(service: V1Service, port: number, view: ClusterView): number | undefined {
  const target = service.spec?.ports?.find((candidate) => candidate.port === port)?.targetPort ?? port;
  for (const pod of view.pods()) {
    if (pod.metadata?.namespace !== service.metadata?.namespace || !isSelected(pod, service) || !isReadyPod(pod))
      continue;
    const named = pod.spec?.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target);
    const local = view.localPort(pod, named?.containerPort ?? Number(target));
    if (local !== undefined) return local;
  }
  return undefined;
}

function isSelected({ metadata }: V1Pod, { spec }: V1Service): boolean {
  const selector = Object.entries(spec?.selector ?? {});
  return selector.length > 0 && selector.every(([name, value]) => metadata?.labels?.[name] === value);
}

function isReadyPod({ status }: V1Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;
}
