/** How to run a configuration that a tune has measured. */
import type { ExperimentResult, ResultsFile } from '../../domain/results/tune-result.js';
import { dockerLaunch } from './docker.js';
import { helmLaunch } from './helm-values.js';
import { inferenceServiceLaunch } from './inference-service.js';
import { recommendedOf } from './recommended.js';
import { setupOf } from './setup.js';
import { measuredLaunch, shellLaunch } from './shell.js';
import type { Launch } from './types.js';

export { experimentOf, recommendedOf } from './recommended.js';
export { LAUNCH_KINDS, type Launch, type LaunchKind } from './types.js';

/**
 * Every form that makes sense for an experiment. What the file does not know is a placeholder that `words` names; no form but `measured`
 * holds a path of the machine that measured.
 * @param result default: what the results recommend. A form that needs an image is missing for a command of the task's own, and only
 * `measured` is there for a file without its task.
 */
export function launchesOf(
  results: ResultsFile,
  result: ExperimentResult | null = recommendedOf(results)?.result ?? null
): Launch[] {
  if (!result) return [];
  const setup = setupOf(results, result);
  const isOme = setup?.task.backend === 'ome';
  const own = setup ? [shellLaunch(setup), dockerLaunch(setup), inferenceServiceLaunch(setup), helmLaunch(setup)] : [];
  const launches = [...own, measuredLaunch(results, result)].filter((launch) => launch !== null);
  // Where it was measured in a cluster, that is how it is wanted.
  return isOme ? launches.sort((a, b) => rank(a) - rank(b)) : launches;
}

function rank({ kind }: Launch): number {
  return ['inference-service', 'helm-values', 'docker', 'shell', 'measured'].indexOf(kind);
}
