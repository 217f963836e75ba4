import type { Deployment, ServingBackend } from '../../backends/types.js';
import { TunerError } from '../../domain/failures.js';

/**
 * Work that is pointless without its engine: it is ended the moment the backend is told that the engine has.
 * @param work is given a signal that fires then, too, with a TunerError as its reason.
 */
export async function whileItRuns<T>(
  backend: ServingBackend,
  deployment: Deployment,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>
): Promise<T> {
  if (!backend.untilEnded) return work(signal);
  const done = new AbortController();
  const gone = new AbortController();
  const watching = backend
    .untilEnded(deployment, AbortSignal.any([signal, done.signal]))
    .then(() => gone.abort(new TunerError('ENGINE_CRASHED', 'the engine ended under load')))
    // Who cannot be told notices by requests that fail.
    .catch(() => undefined);
  try {
    return await work(AbortSignal.any([signal, gone.signal]));
  } finally {
    done.abort();
    await watching;
  }
}
