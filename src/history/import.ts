/** Results files into the history: of earlier versions of a folder, of other machines. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readJsonFile } from '../platform/earlier-runs/read-json-file.js';
import { readRegularFile } from '../platform/regular-file.js';
import { checkDocument, checkResults } from './document.js';
import type { HistoryRecorder } from './types.js';

export interface Imported {
  /** Tunes that were recorded, also those that the history had already. */
  readonly recorded: number;
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Records every results file in a folder, not in those below it.
 * @param path a folder, or one file; `.json`, or `.json.gz` as the history keeps them.
 * @throws Error when it cannot be read, or the history can be written nowhere.
 */
export async function importInto(history: Pick<HistoryRecorder, 'record'>, path: string): Promise<Imported> {
  const isFolder = (await stat(path)).isDirectory();
  const names = isFolder ? (await readdir(path)).filter((name) => /\.json(?:\.gz)?$/.test(name)).sort() : [path];
  const skipped: { name: string; reason: string }[] = [];
  let recorded = 0;
  for (const name of names) {
    const file = isFolder ? join(path, name) : path;
    const results = await (
      name.endsWith('.gz') ? readRegularFile(file).then(checkDocument) : readJsonFile(file).then(checkResults)
    ).catch((error: unknown) => String((error as Error).message));
    if (typeof results === 'string') skipped.push({ name, reason: results });
    else {
      await history.record(results);
      recorded++;
    }
  }
  return { recorded, skipped };
}
