import { logLine, readLogFormat } from '../platform/log-format.js';
import type { Redactor } from '../platform/redactor.js';
import { DefaultLogger, type LogLevel, type Logger } from '@temporalio/worker';

/** Workers of hosts run no workflows on purpose; the SDK warns of it at each start. */
const EXPECTED = 'No workflows registered';

/**
 * Temporal's own logger, to standard error, without secrets and the warnings that mean nothing here. What is said within a workflow or an
 * activity carries its ids. @throws Error for a format that there is not.
 */
export function createLogger(level: LogLevel, redactor: Redactor): Logger {
  const format = readLogFormat();
  return new DefaultLogger(level, ({ level: severity, timestampNanos, message, meta }) => {
    if (message.startsWith(EXPECTED)) return;
    const atMs = Number(timestampNanos / 1_000_000n);
    console.error(redactor.redact(logLine(format, { atMs, level: severity, message, details: meta })));
  });
}
