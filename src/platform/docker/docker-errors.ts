/** From what Docker's API answers to what it means: the one place where its errors are read. */
import { TunerError, type FailureCode } from '../../domain/failures.js';

/** The daemon could not be used for a reason that may pass: it is retried. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
  constructor(
    message: string,
    /** HTTP status; null when the daemon was not reached at all. */
    readonly status: number | null,
    options?: ErrorOptions
  ) {
    super(message, options);
  }
}

/** The first rule that matches decides: pattern of the message, and what it means. */
const REFUSALS: readonly (readonly [RegExp, FailureCode])[] = [
  [/could not select device driver|nvidia-container-cli|unresolvable CDI devices|libnvidia-ml/i, 'MACHINE_UNFIT'],
  [/unknown or invalid runtime name|no space left on device/i, 'MACHINE_UNFIT'],
  [/port is already allocated|address already in use|ports are not available/i, 'PORT_CONFLICT'],
  [/exec: "[^"]{0,300}": |executable file [^ ]{0,300} ?not found in \$PATH|no command specified/i, 'ENGINE_NOT_FOUND'],
  [/no such image|image not known|unable to find image/i, 'IMAGE_PULL_FAILED'],
  [/bind source path does not exist|statfs [^:]{1,1000}: no such file/i, 'INVALID_TASK'],
  [/unable to find user|no matching entries in (?:passwd|group)/i, 'INVALID_TASK'],
];

/** What a daemon writes on a container when it ends itself in the midst of the start. */
const INTERRUPTED = /context canceled|client connection is closing|transport is closing|daemon is shutting down/i;

/** Whether it was the daemon's own end that kept a container from being started. @param message the container's error. */
export function wasInterrupted(message: string): boolean {
  return INTERRUPTED.test(message);
}

/** HTTP status of an answer that says no; null for anything else. */
export function statusOf(error: unknown): number | null {
  if (error instanceof DockerError) return error.status;
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : null;
}

/**
 * What an error of the API means. What another try would not change gets a code; the rest is a `DockerError`, and is retried.
 * @param what was tried, such as `start the container x`.
 */
export function toDockerError(what: string, error: unknown): Error {
  if (error instanceof TunerError || error instanceof DockerError) return error;
  const status = statusOf(error);
  const message = messageOf(error);
  if (status === null)
    return new DockerError(`cannot ${what}: the Docker daemon does not answer (${message})`, null, { cause: error });
  const said = `cannot ${what}: ${message}`;
  const refusal = REFUSALS.find(([pattern]) => pattern.test(message));
  if (refusal) return new TunerError(refusal[1], said, [], { cause: error });
  if (status === 400) return new TunerError('INVALID_TASK', said, [], { cause: error });
  return new DockerError(said, status, { cause: error });
}

/** Without what docker-modem writes around it. */
function messageOf(error: unknown): string {
  const { json, message } = (error ?? {}) as { json?: { message?: unknown }; message?: unknown };
  const text = typeof json?.message === 'string' ? json.message : typeof message === 'string' ? message : String(error);
  return text
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .slice(0, 1000);
}
