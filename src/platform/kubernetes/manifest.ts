import type { KubernetesObject } from '@kubernetes/client-node';
import { z } from 'zod';
import { listOf, text, words } from './lenient.js';

/** An object whose spec and status are read with care: they come from somebody else. */
export interface Manifest extends KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: NonNullable<KubernetesObject['metadata']> & { readonly name: string; readonly namespace?: string };
  readonly spec?: unknown;
  readonly status?: unknown;
}

const manifestSchema = z.looseObject({
  apiVersion: text(),
  kind: text(),
  metadata: z.looseObject({
    name: z.string().min(1),
    namespace: z.string().optional().catch(undefined),
    uid: z.string().optional().catch(undefined),
    labels: words,
    annotations: words,
    finalizers: listOf(z.string()),
  }),
});

/** What the API server answers, as an object whose metadata can be relied upon; null when it has no name. */
export function readManifest(value: unknown): Manifest | null {
  return (manifestSchema.safeParse(value).data as Manifest | undefined) ?? null;
}
