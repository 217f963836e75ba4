/** Encryption of what Temporal stores: AES-256-GCM, in the layout of Temporal's own samples. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { CodecError, type CodecKeys } from './codec-keys.js';

const WirePayload = proto.temporal.api.common.v1.Payload;
const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts with the first key and decrypts with whichever key a payload names. What is not encrypted passes, so that encryption can
 * be turned on while tunes run. Without keys it encrypts nothing, and says so when it meets what is encrypted.
 */
export class EncryptionCodec implements PayloadCodec {
  constructor(private readonly keys: CodecKeys) {}

  async encode(payloads: Payload[]): Promise<Payload[]> {
    const [first] = this.keys;
    if (!first) return payloads;
    const [id, key] = first;
    return payloads.map((payload) => ({
      metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) },
      data: encrypt(WirePayload.encode(payload).finish(), key),
    }));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => {
      if (textOf(payload.metadata?.['encoding']) !== ENCODING) return payload;
      const id = textOf(payload.metadata?.[KEY_ID]);
      const key = this.keys.get(id);
      if (!key) {
        const known = [...this.keys.keys()].join(', ') || 'none';
        throw new CodecError(
          `a payload is encrypted with the key '${id}', and AUTOTUNER_CODEC_KEYS of this process has: ${known}`
        );
      }
      return WirePayload.decode(decrypt(payload.data ?? new Uint8Array(), id, key));
    });
  }
}

function encrypt(plain: Uint8Array, key: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(data: Uint8Array, id: string, key: Buffer): Buffer {
  const bytes = Buffer.from(data);
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    throw new CodecError(`a payload was changed, or was encrypted with another key of the name '${id}'`);
  }
}

function textOf(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes).toString('utf8') : '';
}
