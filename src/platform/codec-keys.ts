import { readFileSync } from 'node:fs';
import { parseReference } from '../domain/task/secrets.js';

/** Keys of 32 bytes by their id, in the order of the file: the first encrypts, all decrypt. */
export type CodecKeys = ReadonlyMap<string, Buffer>;

const KEY_BYTES = 32;

/** The keys cannot be used, or a payload cannot be decrypted with them. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
}

/**
 * The keys of this process; none where AUTOTUNER_CODEC_KEYS is not set.
 * @throws CodecError naming the file and the line, and never what stands there.
 */
export function readCodecKeys(variables: NodeJS.ProcessEnv = process.env): CodecKeys {
  const setting = variables['AUTOTUNER_CODEC_KEYS'];
  if (!setting) return new Map();
  const reference = parseReference(setting);
  // Should a key itself stand there, the message must not repeat it.
  if (reference?.kind !== 'file') throw new CodecError("AUTOTUNER_CODEC_KEYS must be 'file:/absolute/path'");
  let text: string;
  try {
    text = readFileSync(reference.path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CodecError(`AUTOTUNER_CODEC_KEYS: cannot read ${reference.path} (${code})`);
  }
  return parseCodecKeys(text, reference.path);
}

/** Lines `id:key`, the key as Base64; empty ones and those that begin with # are passed over. @param path for messages. */
export function parseCodecKeys(text: string, path: string): CodecKeys {
  const keys = new Map<string, Buffer>();
  text.split(/\r?\n/).forEach((line, i) => {
    if (/^\s*(?:#|$)/.test(line)) return;
    const at = `${path}:${i + 1}`;
    const [, id, encoded = ''] = /^\s*([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]+=*)\s*$/.exec(line) ?? [];
    const key = Buffer.from(encoded, 'base64');
    if (id === undefined) throw new CodecError(`${at}: must be 'id:key', with the key as Base64`);
    if (key.length !== KEY_BYTES) throw new CodecError(`${at}: the key has ${key.length} bytes, not ${KEY_BYTES}`);
    if (keys.has(id)) throw new CodecError(`${at}: the id '${id}' is taken`);
    keys.set(id, key);
  });
  if (keys.size === 0) throw new CodecError(`${path} holds no key`);
  return keys;
}
