import { z } from 'zod';
import type { Manifest } from './cluster.js';
import { listOf, text, words } from './lenient.js';

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
