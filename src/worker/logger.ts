import type { Redactor } from '../platform/redactor.js';
import { DefaultLogger, type LogLevel, type Logger } from '@temporalio/worker';

/** Workers of hosts run no workflows on purpose; the SDK warns of it at each start. */
const EXPECTED = 'No workflows registered';

/** Temporal's own logger, to standard error, without secrets and the warnings that mean nothing here. */
export function createLogger(level: LogLevel, redactor: Redactor): Logger {
  return new DefaultLogger(level, ({ level: severity, timestampNanos, message, meta }) => {
    if (message.startsWith(EXPECTED)) return;
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    const details = meta ? ` ${JSON.stringify(meta, errorsAsText)}` : '';
    console.error(redactor.redact(`${time} ${severity} ${message}${details}`));
  });
}

function errorsAsText(_: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
