/** The files of examples/kubernetes, put into a namespace: the only place where what `install` makes is written down. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { parseAllDocuments } from 'yaml';
import { MANAGED_BY } from '../../backends/ome/ownership.js';
import { PROJECT_ROOT } from '../../platform/environment.js';

/** The namespace that the files name. */
const IN_FILES = 'autotuner';

/** Every object of one of the files. */
export async function readManifests(file: string, namespace: string): Promise<KubernetesObject[]> {
  const text = await readFile(join(PROJECT_ROOT, 'examples', 'kubernetes', file), 'utf8');
  return parseAllDocuments(text).map((document) => putInto(document.toJS() as KubernetesObject, namespace));
}

/** What `install` makes, in order. What is removed goes in the opposite order. */
export async function ownObjects(namespace: string): Promise<KubernetesObject[]> {
  const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { ...MANAGED_BY } } };
  const files = await Promise.all(['pvc.yaml', 'rbac.yaml'].map((file) => readManifests(file, namespace)));
  return [own, ...files.flat()];
}

/**
 * In metadata and in the subjects of bindings. Objects of the whole cluster have the namespace at the end of their names, after a
 * colon: two namespaces of one cluster share none.
 */
function putInto(object: KubernetesObject, namespace: string): KubernetesObject {
  const replace = (key: string, value: unknown): unknown => {
    if (key === 'namespace') return namespace;
    return key === 'name' && typeof value === 'string'
      ? value.replace(new RegExp(`:${IN_FILES}$`), `:${namespace}`)
      : value;
  };
  return JSON.parse(JSON.stringify(object, replace)) as KubernetesObject;
}
