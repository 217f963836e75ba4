/** From what the API server answers to what it means: the one place where its errors are read. */
import { TunerError, type FailureCode } from '../../domain/failures.js';

/** An answer of the API server that says no. */
export interface ApiStatus {
  /** HTTP status. */
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

/** The API could not be used for a reason that passes: it is retried. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  constructor(
    message: string,
    readonly status: ApiStatus | null,
    options?: ErrorOptions
  ) {
    super(message, options);
  }
}

/** Null when the server was not reached at all. */
export function apiStatusOf(error: unknown): ApiStatus | null {
  if (error instanceof ClusterError) return error.status;
  if (error instanceof TunerError && error.cause !== undefined) return apiStatusOf(error.cause);
  const { code, body, headers } = (error ?? {}) as { code?: unknown; body?: unknown; headers?: Record<string, string> };
  // A time-out of this side has a number, too, which is no HTTP status.
  if (typeof code !== 'number' || code < 100) return null;
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
  const { reason = '', message = text } = parseStatus(text);
  const seconds = Number(headers?.['retry-after']);
  return {
    code,
    reason,
    message: message.slice(0, 1000),
    retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 10) * 1000 : null,
  };
}

/** The first rule that matches decides: pattern of the message, and what it means. */
const REFUSALS: readonly (readonly [RegExp, FailureCode])[] = [
  [/failed calling webhook|no endpoints available for service/i, 'WEBHOOK_UNAVAILABLE'],
  [/admission webhook .* denied|denied the request|ValidatingAdmissionPolicy/i, 'ADMISSION_REFUSED'],
  [/exceeded quota/i, 'ADMISSION_REFUSED'],
  [/namespaces "[^"]*" not found/i, 'NAMESPACE_NOT_FOUND'],
  [/no matches for kind|could not find the requested resource|404 page not found/i, 'CLUSTER_KIND_MISSING'],
];

/**
 * What an error of the API means. What another try would not change gets a code; the rest is a `ClusterError`, and is retried.
 * @param what was tried, such as `apply InferenceService x`.
 */
export function toClusterError(what: string, error: unknown): Error {
  const status = apiStatusOf(error);
  if (status === null) {
    const message = error instanceof Error ? error.message : String(error);
    return new ClusterError(`cannot ${what}: the Kubernetes API does not answer (${message})`, null, { cause: error });
  }
  const { code, message } = status;
  const said = `cannot ${what}: ${message.trim()}`;
  const refusal = REFUSALS.find(([pattern]) => pattern.test(message));
  if (refusal) return new TunerError(refusal[1], said, [], { cause: error });
  if (code === 401 || code === 403) return new TunerError('CLUSTER_FORBIDDEN', said, [], { cause: error });
  if (code === 400 || code === 413 || code === 415 || code === 422)
    return new TunerError('MANIFEST_REJECTED', said, [], { cause: error });
  return new ClusterError(said, status, { cause: error });
}

function parseStatus(text: string): { reason?: string; message?: string } {
  try {
    const { reason, message } = JSON.parse(text) as { reason?: unknown; message?: unknown };
    return {
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(typeof message === 'string' ? { message } : {}),
    };
  } catch {
    return {};
  }
}
