/** What engines and the benchmark tool have said in public when they failed: see test/fixtures/logs/README.md. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureCode } from '../../src/domain/failures.js';

const FOLDER = 'test/fixtures/logs';

export interface LogSample {
  readonly file: string;
  /** What it must be recognised as; null for a healthy engine. */
  readonly code: FailureCode | null;
  readonly phase: 'start' | 'load';
  /** How the process ended; null while it runs. */
  readonly exit: { readonly code: number | null; readonly signal: string | null } | null;
  /** Not looked at while rules are written. */
  readonly heldOut: boolean;
  /** Where the message is published. */
  readonly source: string;
}

export const LOG_SAMPLES: readonly LogSample[] = JSON.parse(
  readFileSync(join(FOLDER, 'manifest.json'), 'utf8')
) as LogSample[];

export function engineOf({ file }: LogSample): string {
  return file.split('/')[0] ?? '';
}

export function linesOf({ file }: LogSample): string[] {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** A third, chosen by the name alone. */
export function isHeldOutByName(file: string): boolean {
  return createHash('sha256').update(file).digest().readUInt32BE() % 3 === 0;
}
