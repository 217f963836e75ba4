import { join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { readCodecKeys } from './codec-keys.js';
import { PROJECT_ROOT } from './environment.js';
import { EncryptionCodec } from './payload-codec.js';

/** Puts error messages and stacks into payloads, where the codec finds them. A module by path, since workflows load it, too. */
export const FAILURE_CONVERTER = join(PROJECT_ROOT, 'dist', 'platform', 'failure-converter.cjs');

export interface Conversion {
  readonly dataConverter: DataConverter;
  /** Whether what is written from now on is encrypted. */
  readonly encrypted: boolean;
}

/**
 * How clients and workers of this process write and read payloads, as AUTOTUNER_CODEC_KEYS says.
 * @throws CodecError.
 */
export function readConversion(variables: NodeJS.ProcessEnv = process.env): Conversion {
  const keys = readCodecKeys(variables);
  const encrypted = keys.size > 0;
  const payloadCodecs = [new EncryptionCodec(keys)];
  return {
    encrypted,
    dataConverter: { payloadCodecs, ...(encrypted ? { failureConverterPath: FAILURE_CONVERTER } : {}) },
  };
}
