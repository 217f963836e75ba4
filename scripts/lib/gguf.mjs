/**
 * Reads the metadata of a GGUF model file: the key-value pairs before the tensors, vocabulary included.
 * Format: magic `GGUF`, version, tensor count, pair count, then the pairs, all little-endian.
 */
import { open } from 'node:fs/promises';

/** The metadata of small models ends far before this; a larger head is read when it does not. */
const FIRST_READ_BYTES = 8 * 1024 * 1024;
const STRING = 8;
const ARRAY = 9;

/** Size in bytes and reader by GGUF's value type number. */
const SCALARS = {
  0: [1, (view, at) => view.getUint8(at)],
  1: [1, (view, at) => view.getInt8(at)],
  2: [2, (view, at) => view.getUint16(at, true)],
  3: [2, (view, at) => view.getInt16(at, true)],
  4: [4, (view, at) => view.getUint32(at, true)],
  5: [4, (view, at) => view.getInt32(at, true)],
  6: [4, (view, at) => view.getFloat32(at, true)],
  7: [1, (view, at) => view.getUint8(at) !== 0],
  10: [8, (view, at) => Number(view.getBigUint64(at, true))],
  11: [8, (view, at) => Number(view.getBigInt64(at, true))],
  12: [8, (view, at) => view.getFloat64(at, true)],
};

/** @throws {RangeError} when the bytes end within the metadata */
function parse(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder();
  let at = 0;

  function scalar(type) {
    const [size, get] = SCALARS[type] ?? [];
    if (!size) throw new TypeError(`GGUF value type ${type} is unknown`);
    const value = get(view, at);
    at += size;
    return value;
  }
  function string() {
    const length = scalar(10);
    if (at + length > bytes.length) throw new RangeError('GGUF metadata is longer than what was read');
    const value = text.decode(bytes.subarray(at, at + length));
    at += length;
    return value;
  }
  function value(type) {
    if (type === STRING) return string();
    if (type !== ARRAY) return scalar(type);
    const itemType = scalar(4);
    return Array.from({ length: scalar(10) }, () => value(itemType));
  }

  if (text.decode(bytes.subarray(0, 4)) !== 'GGUF') throw new TypeError('not a GGUF file');
  at = 4;
  const version = scalar(4);
  if (version < 2) throw new TypeError(`GGUF version ${version} is not supported`);
  scalar(10);
  return Object.fromEntries(Array.from({ length: scalar(10) }, () => [string(), value(scalar(4))]));
}

/**
 * @param {string} file path of a GGUF file
 * @returns {Promise<Record<string, any>>} values by key, such as `tokenizer.ggml.tokens`
 * @throws {TypeError} when the file is not GGUF of version 2 or later
 */
export async function readGgufMetadata(file) {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    for (let length = Math.min(size, FIRST_READ_BYTES); ; length = Math.min(size, length * 4)) {
      const bytes = Buffer.alloc(length);
      await handle.read(bytes, 0, length, 0);
      try {
        return parse(bytes);
      } catch (error) {
        if (!(error instanceof RangeError) || length === size) throw error;
      }
    }
  } finally {
    await handle.close();
  }
}
