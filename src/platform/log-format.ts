/** How processes that stay write their lines: for people, or one JSON object each. */

export type LogFormat = 'text' | 'json';

/** AUTOTUNER_LOG_FORMAT, default `text`. @throws Error for another word. */
export function readLogFormat(variables: NodeJS.ProcessEnv = process.env): LogFormat {
  const format = variables['AUTOTUNER_LOG_FORMAT'] || 'text';
  if (format === 'text' || format === 'json') return format;
  throw new Error(`AUTOTUNER_LOG_FORMAT must be 'text' or 'json', not '${format}'`);
}

/**
 * One line.
 * @param details such as Temporal's ids of workflow, run and activity.
 */
export function logLine(
  format: LogFormat,
  { atMs, level, message, details }: { atMs: number; level: string; message: string; details?: object | undefined }
): string {
  const time = new Date(atMs).toISOString();
  // What stands first cannot be replaced by a detail of the same name.
  if (format === 'json') return JSON.stringify({ ...details, time, level, message }, errorsAsText);
  return `${time} ${level} ${message}${details ? ` ${JSON.stringify(details, errorsAsText)}` : ''}`;
}

/** What a person may want to know: as it is, or as a line of the log. */
export function notice(line: string, format: LogFormat = readLogFormat()): string {
  return format === 'text' ? line : logLine(format, { atMs: Date.now(), level: 'INFO', message: line });
}

function errorsAsText(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}`;
  return value instanceof Error ? `${value.name}: ${value.message}` : value;
}
