import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { TunerError } from '../../domain/failures.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import { PROJECT_ROOT } from '../../platform/environment.js';

/** What opens gated tokenizers of the hub: the worker's own, since it is the worker who chose the tool. */
const HUB_VARIABLES = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'];

/** A folder on this machine, which is absolute, or a hub id as it is. @throws TunerError TOKENIZER_NOT_FOUND. */
export async function findTokenizer(
  { model_tokenizer: given, model_name }: TuningTask['benchmark'],
  modelsDir: string
): Promise<string> {
  const wanted = given ?? model_name;
  const places = [isAbsolute(wanted) ? wanted : join(PROJECT_ROOT, wanted), join(modelsDir, wanted)];
  for (const place of places) if (await stat(join(place, 'tokenizer.json')).catch(() => null)) return place;
  if (/^\w[\w.-]*\/\w[\w.-]*$/.test(wanted)) return wanted;
  throw new TunerError('TOKENIZER_NOT_FOUND', `no tokenizer.json in ${places.join(' nor in ')}`);
}

/** The variables with which a tool may ask the hub. */
export function hubVariables(): Record<string, string> {
  return Object.fromEntries(HUB_VARIABLES.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}
