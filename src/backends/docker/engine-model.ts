/** Where the model is: on the daemon's machine, and in the container. */
import { realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { TunerError } from '../../domain/failures.js';
import type { DockerSettings } from '../../domain/task/docker.schema.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import { PROJECT_ROOT } from '../../platform/environment.js';
import { checkVolume, isWithin, type DockerPolicy } from './permissions.js';

export interface EngineModel {
  /** As the engine is told: a path in the container, or a name that it knows by itself. */
  readonly argument: string;
  /** What is mounted for it, read-only; null for a name, and for what one of the task's volumes brings. */
  readonly mount: { readonly source: string; readonly target: string } | null;
  /** For people: path, size and time of change where it is a file of this machine. */
  readonly description: string;
}

export interface ModelPlace {
  readonly modelsDir: string;
  readonly policy: DockerPolicy;
  /** Whether the daemon's files are this machine's. */
  readonly local: boolean;
}

/** @throws TunerError MODEL_NOT_FOUND, NOT_ALLOWED. */
export async function findEngineModel(
  task: TuningTask,
  settings: DockerSettings,
  place: ModelPlace
): Promise<EngineModel> {
  const { name, path } = task.model;
  const folder = join(place.modelsDir, name);
  const given = path && (isAbsolute(path) ? path : join(PROJECT_ROOT, path));
  const candidates = given ? [given] : [join(folder, 'model.gguf'), folder];
  const inVolume = settings.volumes.find(({ source }) => given !== undefined && isWithin(given, source));
  if (given && inVolume) {
    const rest = given.slice(inVolume.source.replace(/\/+$/, '').length);
    return { argument: `${inVolume.target.replace(/\/+$/, '')}${rest}`, mount: null, description: given };
  }
  for (const candidate of candidates) {
    const info = place.local ? await stat(candidate).catch(() => null) : null;
    // What is on another machine cannot be looked at: it is believed to be a folder there.
    if (place.local ? !info : !given) continue;
    // Links in the models folder are the operator's own; in a volume that containers write to they may be anybody's.
    const source = isWithin(candidate, place.modelsDir)
      ? await realpath(candidate).catch(() => candidate)
      : await checkVolume({ source: candidate, read_only: true }, place.policy, place);
    const target = info?.isFile() ? join(settings.model_mount, basename(candidate)) : settings.model_mount;
    const description = info?.isFile()
      ? `${candidate} (${info.size} bytes, changed ${info.mtime.toISOString()})`
      : candidate;
    return { argument: target, mount: { source, target }, description };
  }
  // SGLang, vLLM and an own command may know the model by its name alone.
  if (!given && task.engine !== 'llama.cpp') return { argument: name, mount: null, description: name };
  throw new TunerError('MODEL_NOT_FOUND', `the model '${name}' is not at ${candidates.join(' nor ')}`);
}
