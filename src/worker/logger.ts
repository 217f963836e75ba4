import { DefaultLogger, type LogLevel, type Logger } from '@temporalio/worker';

/** Workers of hosts run no workflows on purpose; the SDK warns of it at each start. */
const EXPECTED = 'No workflows registered';

/** Temporal's own logger, to standard error, without the warnings that mean nothing here. */
export function createLogger(level: LogLevel): Logger {
  return new DefaultLogger(level, ({ level: severity, timestampNanos, message, meta }) => {
    if (message.startsWith(EXPECTED)) return;
    const time = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
    console.error(`${time} ${severity} ${message}`, meta ? JSON.stringify(meta, errorsAsText) : '');
  });
}

function errorsAsText(_: string, value: unknown): unknown {
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
