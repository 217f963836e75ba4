import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { resultsCsv } from '../domain/results/results-csv.js';
import type { Provenance } from '../domain/results/results-file.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import { packageVersion } from './environment.js';
import { describeMachine } from './machine.js';

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

/** What this process can say of itself; the machine as `host: 2 x Some Processor, 24 GiB`. */
export function provenanceHere(): Provenance {
  const machine = `${hostname()}: ${describeMachine()}`;
  return { autotunerVersion: packageVersion(), nodeVersion: process.version, machine };
}
