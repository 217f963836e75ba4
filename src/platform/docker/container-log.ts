/** What a container has written, as a file: both of its streams, in the order in which the daemon kept them. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { DockerClient } from './docker-client.js';
import { statusOf } from './docker-errors.js';

const HEADER_BYTES = 8;
/** More than the daemon is told to keep. */
const MOST_BYTES = 128 * 2 ** 20;
const WITHIN_MS = 120_000;

/**
 * Writes the log into a file that only its owner can read: it may hold secrets.
 * @param options.tail the newest lines; default: all that the daemon has kept.
 * @returns whether there is such a container.
 */
export async function saveContainerLog(
  client: DockerClient,
  name: string,
  file: string,
  options: { readonly tail?: number } = {}
): Promise<boolean> {
  const limit = AbortSignal.timeout(WITHIN_MS);
  try {
    const query = { stdout: 1, stderr: 1, tail: options.tail ?? 'all' };
    const stream = await client.stream(`read the log of ${name}`, { path: `/containers/${name}/logs`, query }, limit);
    await pipeline(stream, demultiplexed, createWriteStream(file, { mode: 0o600 }));
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

/**
 * The payload of frames of 8 bytes, the last 4 of which are a length (Docker's API, ContainerAttach). docker-modem can take them apart,
 * too, but holds all in memory that is not written yet.
 */
export async function* demultiplexed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let header = Buffer.alloc(0);
  let left = 0;
  let given = 0;
  for await (let chunk of source) {
    while (chunk.length > 0) {
      if (left === 0) {
        const missing = HEADER_BYTES - header.length;
        header = Buffer.concat([header, chunk.subarray(0, missing)]);
        chunk = chunk.subarray(missing);
        if (header.length < HEADER_BYTES) break;
        left = header.readUInt32BE(4);
        header = Buffer.alloc(0);
        continue;
      }
      const part = chunk.subarray(0, left);
      left -= part.length;
      given += part.length;
      chunk = chunk.subarray(part.length);
      if (given <= MOST_BYTES) yield part;
    }
  }
}
