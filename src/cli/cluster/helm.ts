/** Helm, as `autotuner cluster install --install-ome` uses it. Nothing else of the tuner needs it. */
import { accessSync, constants } from 'node:fs';
import { execa } from 'execa';
import { findOnPath } from '../../platform/environment.js';
import { StepError } from './step-error.js';
import type { Chart } from './versions.js';

/** Helm waits until everything of a release is ready, for which images may have to be pulled. */
const WAIT = '10m';
const SHOWN_LINES = 5;

/** @throws StepError when there is none. */
export function findHelm(variables: NodeJS.ProcessEnv = process.env): string {
  const chosen = variables['HELM_PATH'];
  if (chosen) {
    try {
      accessSync(chosen, constants.X_OK);
      return chosen;
    } catch {
      throw new StepError(`HELM_PATH names '${chosen}', which is not an executable file`);
    }
  }
  const found = findOnPath('helm', variables);
  if (found) return found;
  throw new StepError(
    `helm is neither on PATH nor named by HELM_PATH. Install it (https://helm.sh/docs/intro/install), or take the commands of
'autotuner cluster install --install-ome --dry-run' to a machine that has it, and leave out --install-ome here`
  );
}

/** Its arguments. @param valuesFile settings of the cluster's owner, for OME's own chart. */
export function helmArguments(chart: Chart, valuesFile?: string): string[] {
  const { release, namespace, chart: name, repository, version, settings } = chart;
  return [
    ...['upgrade', '--install', release, name, ...(repository ? ['--repo', repository] : []), '--version', version],
    ...['--namespace', namespace, '--create-namespace', '--wait', '--timeout', WAIT],
    ...settings.flatMap((setting) => ['--set', setting]),
    ...(valuesFile && release === 'ome' ? ['--values', valuesFile] : []),
  ];
}

/**
 * Installs or upgrades one release.
 * @param isProvided whether what the chart brings is in the cluster already.
 * @returns what happened, in a few words.
 * @throws StepError with Helm's last lines.
 */
export async function installChart(
  helm: string,
  chart: Chart,
  isProvided: boolean,
  valuesFile?: string
): Promise<string> {
  const { release, namespace, writtenByOthers } = chart;
  const known = await execa(helm, ['status', release, '--namespace', namespace], { reject: false, stdin: 'ignore' });
  // Taking over what somebody installed in another way would break it.
  if (known.failed && isProvided) return 'is there, and not from this release: left as it is';
  const args = helmArguments(chart, valuesFile);
  if (writtenByOthers && (await majorVersion(helm)) >= 4) args.push('--server-side=false');
  const { failed, all = '' } = await execa(helm, args, { reject: false, stdin: 'ignore', all: true });
  if (!failed) return known.failed ? 'installed' : 'up to date';
  const last = all.trim().split('\n').slice(-SHOWN_LINES).join('\n');
  throw new StepError(`helm failed for ${release}:\n${last}`);
}

async function majorVersion(helm: string): Promise<number> {
  const { stdout } = await execa(helm, ['version', '--template', '{{.Version}}'], { reject: false, stdin: 'ignore' });
  return Number(/^v(\d+)\./.exec(stdout ?? '')?.[1] ?? 3);
}
