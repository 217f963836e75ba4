/** A results file as the history keeps it: gzipped JSON. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { resultsSchema, type ResultsFile } from '../domain/results/tune-result.js';

/** What a small file may unpack to: more than any tune has, and less than a string can hold. */
const MOST_BYTES = 400 * 2 ** 20;

const pack = promisify(gzip);
const unpack = promisify(gunzip);

export async function encodeDocument(results: ResultsFile): Promise<Buffer> {
  return pack(JSON.stringify(results));
}

/** One that was checked when it was stored. */
export async function decodeDocument(document: Uint8Array): Promise<ResultsFile> {
  return JSON.parse((await unpack(document, { maxOutputLength: MOST_BYTES })).toString('utf8')) as ResultsFile;
}

/** @throws Error that says what is wrong with it. */
export async function checkDocument(document: Uint8Array): Promise<ResultsFile> {
  const value: unknown = await decodeDocument(document).catch((error: unknown) => {
    throw new Error('it is no gzipped JSON', { cause: error });
  });
  return checkResults(value);
}

/** @throws Error that says what is wrong with it. */
export function checkResults(value: unknown): ResultsFile {
  const parsed = resultsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error('it is no results file of this version');
}
