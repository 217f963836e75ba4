/** What a worker must be allowed to do, and whether this account is. */
import { AuthorizationV1Api, type KubernetesObject } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import { readManifests } from './manifests.js';

export interface Permission {
  readonly group: string;
  /** With its subresource: `pods/log`. */
  readonly resource: string;
  readonly verb: string;
  /** Null: in the whole cluster. */
  readonly namespace: string | null;
}

const names = z.array(z.string());
const roleSchema = z.object({
  kind: z.enum(['Role', 'ClusterRole']),
  rules: z.array(z.object({ apiGroups: names, resources: names, verbs: names })),
});

/** Read from the roles of examples/kubernetes/rbac.yaml, so that there is no second list. */
export async function requiredPermissions(namespace: string): Promise<Permission[]> {
  return permissionsOf(await readManifests('rbac.yaml', namespace), namespace);
}

export function permissionsOf(objects: readonly KubernetesObject[], namespace: string): Permission[] {
  return objects.flatMap((object) => {
    const role = roleSchema.safeParse(object).data;
    if (!role) return [];
    const where = role.kind === 'Role' ? namespace : null;
    return role.rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb, namespace: where })))
      )
    );
  });
}

/** For people: `create pods/exec in autotuner`, `get clusterbasemodels.ome.io`. */
export function describePermission({ group, resource, verb, namespace }: Permission): string {
  return `${verb} ${resource}${group ? `.${group}` : ''}${namespace ? ` in ${namespace}` : ''}`;
}

/**
 * Which of them this account lacks. Each is asked for by a SelfSubjectAccessReview: the one answer of a SelfSubjectRulesReview may be
 * incomplete where a webhook decides, as in most managed clusters, and does not tell a right in one namespace from one everywhere.
 */
export async function lackedPermissions(cluster: Cluster, required: readonly Permission[]): Promise<Permission[]> {
  const lacked: Permission[] = [];
  for (const permission of required) if (!(await isAllowed(cluster, permission))) lacked.push(permission);
  return lacked;
}

async function isAllowed(cluster: Cluster, { group, resource, verb, namespace }: Permission): Promise<boolean> {
  const [name = '', subresource] = resource.split('/');
  const resourceAttributes = {
    group,
    resource: name,
    verb,
    ...(subresource ? { subresource } : {}),
    ...(namespace ? { namespace } : {}),
  };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const api = cluster.config.makeApiClient(AuthorizationV1Api);
  const review = await cluster.request('ask for permissions', undefined, (options) =>
    api.createSelfSubjectAccessReview({ body }, options)
  );
  return review.status?.allowed ?? false;
}
