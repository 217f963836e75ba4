/** Where this machine has earlier tunes: the folder of outcomes, which has every run, then that of results files. */
import type { Environment } from '../environment.js';
import { RunStore } from '../run-store.js';
import { ArtifactRuns } from './artifact-runs.js';
import { ResultsFolder } from './results-folder.js';
import type { EarlierRuns } from './types.js';

export function earlierRunsOf(
  { artifactsDir, resultsDir }: Pick<Environment, 'artifactsDir' | 'resultsDir'>,
  store: Pick<RunStore, 'recorded'> = new RunStore(artifactsDir)
): readonly EarlierRuns[] {
  return [new ArtifactRuns(artifactsDir, store), new ResultsFolder(resultsDir)];
}
