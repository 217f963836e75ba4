import { isTraced } from '../../platform/is-traced.js';
import { ExitCode } from '../exit-codes.js';

/** A wrong command line that the option parser cannot see. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Errors that are meant for people, by name: telling them apart must not load Temporal's client into every command. */
const CODES: Readonly<Record<string, number>> = {
  UsageError: ExitCode.usage,
  TaskFileError: ExitCode.usage,
  TunerError: ExitCode.usage,
  ExpressionError: ExitCode.usage,
  CodecError: ExitCode.usage,
  TokensError: ExitCode.usage,
  UnsafeBindError: ExitCode.usage,
  ApiStartError: ExitCode.unavailable,
  HistoryUrlError: ExitCode.usage,
  HistoryRequestError: ExitCode.usage,
  HistoryUnavailableError: ExitCode.unavailable,
  ClusterError: ExitCode.unavailable,
  TemporalUnreachableError: ExitCode.unavailable,
  TemporalRefusesError: ExitCode.unavailable,
  ConnectionSettingsError: ExitCode.usage,
  NoWorkerError: ExitCode.unavailable,
  DevServerError: ExitCode.unavailable,
  SearchAttributesError: ExitCode.unavailable,
  TuneAlreadyRunningError: ExitCode.alreadyRunning,
  TuneNotFoundError: ExitCode.notFound,
  ScheduleError: ExitCode.refused,
  TuneRefusedError: ExitCode.refused,
};

/**
 * Makes a command's action: its number becomes the exit code; an error that is meant for people is printed as one message, anything
 * else with its stack, since it is our mistake.
 */
export function command<A extends unknown[]>(action: (...args: A) => Promise<number>): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      process.exitCode = await action(...args);
    } catch (error) {
      process.exitCode = report(error);
    } finally {
      if (isTraced()) await (await import('../../platform/tracing.js')).flushTraces();
    }
  };
}

function report(error: unknown): number {
  if (error instanceof Error && Object.hasOwn(CODES, error.name)) {
    console.error(error.message);
    return CODES[error.name] ?? ExitCode.internal;
  }
  if (isRefusal(error)) {
    console.error('Temporal refuses this: the API key or certificate may not do it in this namespace, or has expired');
    return ExitCode.unavailable;
  }
  if (isUnavailable(error)) {
    console.error('Temporal stopped answering; the tune goes on when it is back');
    return ExitCode.unavailable;
  }
  console.error(error);
  return ExitCode.internal;
}

/** gRPC's UNAVAILABLE (14): the server is gone, or not there yet. */
export function isUnavailable(error: unknown): boolean {
  return grpcCodes(error).includes(14);
}

/** gRPC's PERMISSION_DENIED (7) and UNAUTHENTICATED (16). */
function isRefusal(error: unknown): boolean {
  return grpcCodes(error).some((code) => code === 7 || code === 16);
}

function grpcCodes(error: unknown): unknown[] {
  const codeOf = (value: unknown): unknown => (value as { code?: unknown } | null | undefined)?.code;
  return [codeOf(error), ...(error instanceof Error ? [codeOf(error.cause)] : [])];
}
