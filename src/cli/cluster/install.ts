/** The steps of `autotuner cluster install`: each says what it is, and can be repeated. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { shellQuote } from '../../domain/shell-quote.js';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import { apiGroups } from './check-surroundings.js';
import { findHelm, helmArguments, installChart } from './helm.js';
import { ownObjects } from './manifests.js';
import { applyObject, describeObject, isOurs, readObject } from './objects.js';
import { StepError } from './step-error.js';
import { CHARTS, type Chart } from './versions.js';

export interface Step {
  readonly title: string;
  /** What it does, for a dry run: a manifest, or a command line as a comment. */
  readonly shown: string;
  /** @returns the result in a few words. @throws StepError. */
  readonly run: (cluster: Cluster) => Promise<string>;
}

export interface InstallOptions {
  readonly namespace: string;
  readonly withOme: boolean;
  /** A values file for OME's chart. */
  readonly omeValues?: string;
}

/** In order. */
export async function installSteps({ namespace, withOme, omeValues }: InstallOptions): Promise<Step[]> {
  const charts = withOme ? CHARTS.map((chart) => helmStep(chart, omeValues)) : [];
  return [...charts, ...(await ownObjects(namespace)).map(applyStep)];
}

function applyStep(object: KubernetesObject): Step {
  return {
    title: describeObject(object),
    shown: stringify(object).trimEnd(),
    async run(cluster) {
      const existing = await readObject(cluster, object);
      // What somebody else made is used as it is, or in the way; it is never taken over, for then uninstall would remove it.
      if (existing && !isOurs(existing)) {
        if (object.kind === 'Namespace' || object.kind === 'PersistentVolumeClaim')
          return 'is there, and not ours: used as it is';
        throw new StepError(`${describeObject(object)} exists, and is not ours: remove or rename it`);
      }
      // Its size is all that could be changed, and whoever has made it larger meant it.
      if (existing && object.kind === 'PersistentVolumeClaim') return 'unchanged';
      const applied = await applyObject(cluster, object);
      if (!existing) return 'created';
      return applied.metadata?.resourceVersion === existing.metadata?.resourceVersion ? 'unchanged' : 'changed';
    },
  };
}

function helmStep(chart: Chart, omeValues: string | undefined): Step {
  const { release, version, provides } = chart;
  return {
    title: `Helm release ${release} ${version}`,
    shown: `# ${shellQuote(['helm', ...helmArguments(chart, omeValues)])}`,
    async run(cluster) {
      const isProvided = provides !== null && (await apiGroups(cluster)).includes(provides);
      return installChart(findHelm(), chart, isProvided, omeValues);
    },
  };
}
