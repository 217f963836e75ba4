/** Errors as RFC 9457 has them. */
import { isGrpcServiceError, ServiceError } from '@temporalio/client';
import { z } from 'zod';
import type { Issue, Problem } from '../contracts/http/common.js';
import { TaskFileError } from '../platform/task-file.js';

/** Every kind of problem with its status; docs/api.md explains them. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not what it should be' },
  'invalid-cursor': { status: 400, title: 'The cursor is none' },
  unauthorized: { status: 401, title: 'A token is needed' },
  forbidden: { status: 403, title: 'This token may not do that' },
  'cross-origin': { status: 403, title: 'Another site has made this request' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'not-allowed': { status: 405, title: 'This cannot be done here' },
  'already-running': { status: 409, title: 'The task is being tuned already' },
  refused: { status: 409, title: 'The tune refuses' },
  'too-large': { status: 413, title: 'The request is too large' },
  'unsupported-media-type': { status: 415, title: 'The body must be JSON' },
  'host-not-allowed': { status: 421, title: 'This server does not answer to that name' },
  'invalid-task': { status: 422, title: 'The task cannot be used' },
  'key-reused': { status: 422, title: 'The idempotency key belongs to another request' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Our mistake' },
  'not-available': { status: 501, title: 'This server does not have that' },
  'no-worker': { status: 503, title: 'No worker answers' },
  'temporal-unavailable': { status: 503, title: 'Temporal does not answer' },
  'history-unavailable': { status: 503, title: 'The history cannot be asked now' },
} as const;
export type ProblemCode = keyof typeof PROBLEMS;

/** A problem on purpose. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly code: ProblemCode,
    detail: string,
    readonly issues?: readonly Issue[]
  ) {
    super(detail);
  }
}

/** The errors of the client library and of others below, by name. */
const BY_NAME: Readonly<Record<string, ProblemCode>> = {
  CursorError: 'invalid-cursor',
  HistoryRequestError: 'invalid-request',
  HistoryUnavailableError: 'history-unavailable',
  NoWorkerError: 'no-worker',
  TemporalUnreachableError: 'temporal-unavailable',
  TuneAlreadyRunningError: 'already-running',
  TuneNotFoundError: 'not-found',
  TuneRefusedError: 'refused',
  TunerError: 'invalid-task',
  ExpressionError: 'invalid-task',
  WorkflowNotFoundError: 'not-found',
};

/** Of Fastify and its plugins. */
const BY_CODE: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
};

const BY_GRPC: Readonly<Record<number, ProblemCode>> = {
  1: 'temporal-unavailable',
  3: 'invalid-request',
  4: 'temporal-unavailable',
  5: 'not-found',
  8: 'temporal-unavailable',
  14: 'temporal-unavailable',
};

/** What a client is told of any error; of those that nobody foresaw, nothing that could give something away. */
export function problemOf(error: unknown, instance: string): Problem {
  const { code, detail, issues } = judge(error);
  const { status, title } = PROBLEMS[code];
  return {
    type: `urn:autotuner:problem:${code}`,
    ...{ title, status, code },
    ...(detail ? { detail } : {}),
    instance,
    ...(issues ? { issues: [...issues] } : {}),
  };
}

interface Judgement {
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly issues?: readonly Issue[] | undefined;
}

function judge(error: unknown): Judgement {
  if (error instanceof ApiError) return { code: error.code, detail: error.message, issues: error.issues };
  if (error instanceof z.ZodError) {
    const issues = error.issues.map(({ path, message }) => ({ path: path.map(partOf), message }));
    return { code: 'invalid-request', issues };
  }
  if (error instanceof TaskFileError) return { code: 'invalid-task', issues: issuesOf(error) };
  if (!(error instanceof Error)) return { code: 'internal' };
  if (error.name === 'ScheduleError') {
    const { reason } = error as Error & { reason?: unknown };
    return {
      code: reason === 'missing' ? 'not-found' : reason === 'exists' ? 'refused' : 'invalid-request',
      detail: error.message,
    };
  }
  const known = BY_NAME[error.name];
  if (known) return { code: known, detail: error.message };
  const cause = error instanceof ServiceError ? error.cause : error;
  if (isGrpcServiceError(cause)) return { code: BY_GRPC[Number(cause.code)] ?? 'internal' };
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const byCode = typeof code === 'string' ? BY_CODE[code] : undefined;
  if (byCode) return { code: byCode };
  if (statusCode === 429) return { code: 'too-many-requests', detail: error.message };
  if (statusCode === 404) return { code: 'not-found' };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return { code: 'invalid-request', detail: error.message };
  return { code: 'internal' };
}

function partOf(part: PropertyKey): string | number {
  return typeof part === 'number' ? part : String(part);
}

/** What is wrong with a task, for the wire. */
export function issuesOf({ issues }: Pick<TaskFileError, 'issues'>): Issue[] {
  return issues.map((issue) => ({ ...issue, path: [...issue.path] }));
}
