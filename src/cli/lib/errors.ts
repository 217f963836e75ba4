import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import {
  NoWorkerError,
  ScheduleError,
  SearchAttributesError,
  TemporalUnreachableError,
  TuneAlreadyRunningError,
  TuneNotFoundError,
  TuneRefusedError,
} from '../../client/index.js';
import { TunerError } from '../../domain/failures.js';
import { DevServerError } from '../../platform/dev-server.js';
import { TaskFileError } from '../../platform/task-file.js';
import { ExitCode } from '../exit-codes.js';

/** A wrong command line that the option parser cannot see. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const CODES: readonly [abstract new (...args: never[]) => Error, number][] = [
  [UsageError, ExitCode.usage],
  [TaskFileError, ExitCode.usage],
  [TunerError, ExitCode.usage],
  [TemporalUnreachableError, ExitCode.unavailable],
  [NoWorkerError, ExitCode.unavailable],
  [DevServerError, ExitCode.unavailable],
  [SearchAttributesError, ExitCode.unavailable],
  [TuneAlreadyRunningError, ExitCode.alreadyRunning],
  [TuneNotFoundError, ExitCode.notFound],
  [ScheduleError, ExitCode.refused],
  [TuneRefusedError, ExitCode.refused],
];

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
    }
  };
}

function report(error: unknown): number {
  const known = CODES.find(([type]) => error instanceof type);
  if (known) {
    console.error((error as Error).message);
    return known[1];
  }
  if (isUnavailable(error)) {
    console.error('Temporal stopped answering; the tune goes on when it is back');
    return ExitCode.unavailable;
  }
  console.error(error);
  return ExitCode.internal;
}

/** gRPC's UNAVAILABLE: the server is gone, or not there yet. */
export function isUnavailable(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && Number(cause.code) === 14;
}
