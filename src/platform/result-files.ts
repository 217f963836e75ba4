import { mkdir } from 'node:fs/promises';
import { cpus, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { resultsCsv } from '../domain/results-file.js';
import type { ResultsFile } from '../domain/tune-result.js';

/** Where the results of a task are. */
export function resultPaths(dir: string, taskName: string): { resultsFile: string; csvFile: string } {
  return { resultsFile: join(dir, `${taskName}_results.json`), csvFile: join(dir, `${taskName}_results.csv`) };
}

/** Writes `<task_name>_results.json` and `.csv`, each as a whole or not at all; the folder is made if missing. */
export async function writeResultFiles(
  dir: string,
  file: ResultsFile
): Promise<{ resultsFile: string; csvFile: string }> {
  const paths = resultPaths(dir, file.task_name);
  await mkdir(dir, { recursive: true });
  await writeFileAtomic(paths.resultsFile, `${JSON.stringify(file, null, 2)}\n`);
  await writeFileAtomic(paths.csvFile, resultsCsv(file));
  return paths;
}

/** `host: 2 x Some Processor, 24 GiB`. */
export function describeMachine(): string {
  const processors = cpus();
  return `${hostname()}: ${processors.length} x ${processors[0]?.model.trim() || 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
