/** Names and label keys as OME makes them. */
import { createHash } from 'node:crypto';

const HASH_LENGTH = 8;
const MODEL_NAME_LENGTH = 32;
const NAME_LENGTH = 63;

export const INFERENCE_SERVICE_LABEL = 'ome.io/inferenceservice';

export function engineName(service: string): string {
  return `${service}-engine`;
}

/** A name that is a valid label value and service name: one that is too long keeps its end, behind a hash of the whole. */
export function truncated(name: string): string {
  // A service's name must not begin with a digit.
  return name.length <= NAME_LENGTH ? name : hashed(name, NAME_LENGTH).replace(/^\d/, 'a');
}

/** The label that the model agent puts on a node when the model is there. */
export function modelLabel(model: string, namespace?: string): string {
  if (namespace !== undefined) return `models.ome.io/${namespace}.basemodel.${model}`;
  const name = model.length <= MODEL_NAME_LENGTH ? model : hashed(model, MODEL_NAME_LENGTH);
  return `models.ome.io/clusterbasemodel.${name}`;
}

function hashed(name: string, length: number): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  return `${hash}-${name.slice(name.length - (length - HASH_LENGTH - 1))}`;
}
