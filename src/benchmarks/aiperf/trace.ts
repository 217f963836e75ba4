/** Traces of requests in Mooncake's format: JSON lines with times and lengths. Hostile until parsed. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { TunerError } from '../../domain/failures.js';

const MAX_BYTES = 256 * 1024 * 1024;
/** Tokens of a block that a hash id names, in the published traces and in aiperf's reading of them. */
const BLOCK = 512;

const length = z.int().positive().max(10_000_000);
const lineSchema = z.object({
  timestamp: z.number().min(0).max(1e12),
  input_length: length,
  output_length: length,
  hash_ids: z.array(z.int().nonnegative()).max(100_000).optional(),
});
export type TraceLine = z.output<typeof lineSchema>;

/**
 * The requests of a trace in the order of their times.
 * @param name below the folder; links that leave it are refused.
 * @throws TunerError INVALID_TASK with what is wrong, and on which line.
 */
export async function readTrace(folder: string, name: string): Promise<TraceLine[]> {
  const refuse = (why: string): TunerError =>
    new TunerError('INVALID_TASK', `benchmark.trace.file: ${name} ${why} (the folder of traces is ${folder})`);
  const root = await realpath(folder).catch(() => null);
  const path = root === null ? null : await realpath(join(root, name)).catch(() => null);
  if (root === null || path === null) throw refuse('is not there');
  if (!path.startsWith(root + sep)) throw refuse('is a link out of its folder');
  const info = await stat(path);
  if (!info.isFile()) throw refuse('is no file');
  if (info.size > MAX_BYTES) throw refuse(`is larger than ${MAX_BYTES} bytes`);
  const lines: TraceLine[] = [];
  for (const [i, text] of (await readFile(path, 'utf8')).split('\n').entries()) {
    if (text.trim() !== '') lines.push(parseLine(text, (why) => refuse(`has a line ${i + 1} that ${why}`)));
  }
  if (lines.length === 0) throw refuse('holds no requests');
  return lines.sort((a, b) => a.timestamp - b.timestamp);
}

/**
 * As many of its first requests as are wanted, from 0 on, as fast as is wanted; those that would come after the end of the
 * measurement are left out.
 */
export function cutTrace(
  lines: readonly TraceLine[],
  { speed, requests, seconds }: { readonly speed: number; readonly requests: number; readonly seconds: number }
): TraceLine[] {
  const start = lines[0]?.timestamp ?? 0;
  return lines
    .slice(0, requests)
    .map((line) => ({ ...line, timestamp: (line.timestamp - start) / speed }))
    .filter(({ timestamp }) => timestamp < seconds * 1000);
}

function parseLine(text: string, refuse: (why: string) => TunerError): TraceLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('is no JSON');
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`has no usable ${issue?.path.map(String).join('.').slice(0, 100) || 'fields'}`);
  }
  const { hash_ids: ids, input_length: input } = parsed.data;
  if (ids && ids.length > Math.ceil(input / BLOCK)) {
    throw refuse(`has ${ids.length} hash_ids, and ${input} tokens are ${Math.ceil(input / BLOCK)} blocks of ${BLOCK}`);
  }
  return parsed.data;
}
