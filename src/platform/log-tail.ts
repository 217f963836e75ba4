import { open } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import type { Redactor } from './redactor.js';

/** Enough for what an engine adds to its log after the line that tells why it failed. */
const TAIL_BYTES = 512 * 1024;
/** Read before the tail, and dropped when its secrets are out: one that the tail's beginning cuts could not be recognised. */
const OVERLAP_BYTES = 8 * 1024;

/** The last lines of a log, without control characters and secrets; none where there is no log that can be read. */
export async function readTail(path: string, lines: number, redactor: Redactor): Promise<string[]> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return [];
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES + OVERLAP_BYTES));
    await file.read(buffer, 0, buffer.length, size - buffer.length);
    const redacted = redactor.redact(buffer.toString('utf8'));
    const text = stripVTControlCharacters(redacted.slice(size > buffer.length ? OVERLAP_BYTES : 0));
    const clean = text.split(/[\r\n]+/).map((line) => line.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, ''));
    return clean.filter((line) => line.trim() !== '').slice(-lines);
  } catch {
    return [];
  } finally {
    await file.close();
  }
}
