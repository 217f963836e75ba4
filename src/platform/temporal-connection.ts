/** How this process reaches Temporal: by Temporal's standard variables and profile file, and by an API key in a file. */
import { readFileSync } from 'node:fs';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';

export const API_KEY_FILE_VARIABLE = 'AUTOTUNER_TEMPORAL_API_KEY_FILE';

/** The settings of the connection cannot be used. The message never holds a key. */
export class ConnectionSettingsError extends Error {
  override readonly name = 'ConnectionSettingsError';
}

export interface TemporalConnection extends ClientConnectConfig {
  /** The file that holds the API key, which may be replaced while this process runs; null where there is none. */
  readonly apiKeyFile: string | null;
}

/**
 * TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_*, TEMPORAL_PROFILE and the profile file;
 * AUTOTUNER_TEMPORAL_API_KEY_FILE goes before TEMPORAL_API_KEY. An API key switches TLS on unless it is switched off.
 * @throws ConnectionSettingsError for a file that cannot be read, or settings that contradict each other.
 */
export function readTemporalConnection(variables: NodeJS.ProcessEnv = process.env): TemporalConnection {
  const apiKeyFile = variables[API_KEY_FILE_VARIABLE] || null;
  const key: Record<string, string> = apiKeyFile === null ? {} : { TEMPORAL_API_KEY: readApiKey(apiKeyFile) };
  const set = Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  );
  try {
    return { ...loadClientConnectConfig({ overrideEnvVars: { ...set, ...key } }), apiKeyFile };
  } catch (cause) {
    // A missing certificate is told by its path, a wrong profile by its name.
    throw new ConnectionSettingsError(`the settings of the connection to Temporal: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** @throws ConnectionSettingsError naming the file, and never what is in it. */
export function readApiKey(path: string): string {
  let key: string;
  try {
    key = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConnectionSettingsError(`${API_KEY_FILE_VARIABLE}: cannot read ${path} (${code})`);
  }
  // It becomes a header, in which anything else would be refused with its value in the message.
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new ConnectionSettingsError(`${API_KEY_FILE_VARIABLE}: ${path} must hold one API key and nothing else`);
}

const LOOK_EVERY_MS = 30_000;

/**
 * Looks at the file every now and then, and tells of a key that is another one than before. A file that cannot be read for a while,
 * as when it is being replaced, changes nothing.
 * @returns what ends it.
 */
export function followApiKey(path: string, onKey: (key: string) => void, everyMs = LOOK_EVERY_MS): () => void {
  let known = readApiKey(path);
  const timer = setInterval(() => {
    try {
      const key = readApiKey(path);
      if (key === known) return;
      known = key;
      onKey(key);
    } catch {
      // The next look will do.
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
