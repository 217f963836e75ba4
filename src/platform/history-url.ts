/** Where the history's PostgreSQL is: an address that usually holds a password. */
import { readFileSync } from 'node:fs';
import { parseReference } from '../domain/task/secrets.js';

export const HISTORY_URL_VARIABLE = 'AUTOTUNER_HISTORY_URL';

/** AUTOTUNER_HISTORY_URL is wrong. The message never repeats it. */
export class HistoryUrlError extends Error {
  override readonly name = 'HistoryUrlError';
}

/**
 * The address in AUTOTUNER_HISTORY_URL, or in the file that it names as `file:/path`; undefined where it is not set.
 * @throws HistoryUrlError when it is no address of a PostgreSQL database.
 */
export function readHistoryUrl(variables: NodeJS.ProcessEnv = process.env): string | undefined {
  const setting = variables[HISTORY_URL_VARIABLE];
  if (!setting) return undefined;
  const reference = parseReference(setting);
  const url = reference?.kind === 'file' ? readUrlFile(reference.path) : setting;
  if (!URL.canParse(url) || !/^postgres(?:ql)?:$/.test(new URL(url).protocol)) {
    throw new HistoryUrlError(
      `${HISTORY_URL_VARIABLE} must be 'postgres://USER:PASSWORD@HOST/DATABASE' or 'file:/path'`
    );
  }
  return url;
}

/** What of the setting must not be seen: the address as a whole and its password, where it has one. */
export function secretsOfHistoryUrl(variables: NodeJS.ProcessEnv): string[] {
  try {
    const url = readHistoryUrl(variables);
    if (url === undefined) return [];
    const { password, searchParams } = new URL(url);
    const passwords = [password, decodeURIComponent(password), searchParams.get('password') ?? ''].filter(Boolean);
    return passwords.length > 0 ? [url, ...passwords] : [];
  } catch {
    // What is wrong with it is told where it is used.
    return [];
  }
}

function readUrlFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new HistoryUrlError(
      `${HISTORY_URL_VARIABLE}: cannot read ${path} (${(error as NodeJS.ErrnoException).code})`
    );
  }
}
