/** What was done to the prefix cache before a load, kept beside its output: another worker may see the load's end. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PrefixCache } from '../../domain/tuning/experiment.js';

const FILE = 'prefix-cache.json';
const schema = z.enum(['reset', 'off', 'kept', 'not-reset']);

export async function notePrefixCache(outputDir: string, state: PrefixCache): Promise<void> {
  await mkdir(outputDir, { recursive: true });
  await writeFile(join(outputDir, FILE), JSON.stringify(state));
}

/** `not-reset` where nobody wrote anything down. */
export async function notedPrefixCache(outputDir: string): Promise<PrefixCache> {
  try {
    return schema.parse(JSON.parse(await readFile(join(outputDir, FILE), 'utf8')));
  } catch {
    return 'not-reset';
  }
}
