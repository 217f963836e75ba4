import { Command } from 'commander';
import { hasCluster } from '../platform/kubernetes/has-cluster.js';
import type { Cluster } from '../platform/kubernetes/cluster.js';
import { ExitCode } from './exit-codes.js';
import { command, UsageError } from './lib/errors.js';
import { kubernetesName } from './cluster/options.js';

const NAMESPACE = ['--namespace <name>', 'where engines are tuned', kubernetesName, 'autotuner'] as const;

interface Options {
  readonly namespace: string;
}

/** `autotuner cluster check | install | uninstall`. */
export function clusterCommand(): Command {
  return new Command('cluster')
    .description('Check and prepare the Kubernetes cluster that KUBECONFIG (or ~/.kube/config) names.')
    .addCommand(checkCommand())
    .addCommand(installCommand())
    .addCommand(uninstallCommand());
}

function checkCommand(): Command {
  return new Command('check')
    .description('Say what the cluster has and lacks: API, permissions, OME, models, runtimes, claim, accelerators.')
    .option(...NAMESPACE)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
The permissions are those of the account that asks, so ask with the worker's. What an account may not read is unknown, and
no failure. Exit code 9 when something is missing that every tune in the cluster needs.

Examples:
  autotuner cluster check
  kubectl -n autotuner exec deploy/autotuner-worker -- node dist/cli/main.js cluster check --json`
    )
    .action(
      command(async ({ namespace, json }: Options & { json: boolean }) => {
        const { checkCluster } = await import('./cluster/check.js');
        const { describeClusterFinding } = await import('./cluster/findings.js');
        const findings = await checkCluster(await connectCluster(), namespace);
        if (json) console.log(JSON.stringify(findings, null, 2));
        else for (const finding of findings) console.log(describeClusterFinding(finding));
        return findings.some(({ state }) => state === 'missing') ? ExitCode.unhealthy : ExitCode.ok;
      })
    );
}

function installCommand(): Command {
  return new Command('install')
    .description('Make the namespace, the claim for results, and the role of a worker. It can be repeated.')
    .option(...NAMESPACE)
    .option('--install-ome', 'first cert-manager, KEDA, and OME itself, by Helm', false)
    .option('--ome-values <file>', "settings of your own for OME's chart")
    .option('--dry-run', 'print every manifest and command, and change nothing; it needs no cluster', false)
    .addHelpText(
      'after',
      `
What somebody else made is never changed: a namespace or a claim is used as it is, cert-manager, KEDA or OME that did not come from
these Helm releases are left as they are. Helm is found on PATH or by HELM_PATH. Exit code 9 when a step cannot be done.

Examples:
  autotuner cluster install --dry-run
  autotuner cluster install --install-ome --ome-values ome-values.yaml
  autotuner cluster install --namespace team-a
  autotuner cluster install --dry-run --namespace team-a | kubectl apply --server-side -f -`
    )
    .action(command(install));
}

interface InstallFlags extends Options {
  readonly installOme: boolean;
  readonly omeValues?: string;
  readonly dryRun: boolean;
}

async function install({ namespace, installOme, omeValues, dryRun }: InstallFlags): Promise<number> {
  if (omeValues && !installOme) throw new UsageError('--ome-values is for --install-ome');
  const { installSteps } = await import('./cluster/install.js');
  const { findHelm } = await import('./cluster/helm.js');
  const { StepError } = await import('./cluster/step-error.js');
  const steps = await installSteps({ namespace, withOme: installOme, ...(omeValues ? { omeValues } : {}) });
  if (dryRun) {
    for (const { title, shown } of steps) console.log(`---\n# ${title}\n${shown}`);
    return ExitCode.ok;
  }
  try {
    // Missing, it stops everything before anything has been done.
    if (installOme) findHelm();
    const cluster = await connectCluster();
    for (const { title, run } of steps) console.log(`${title}: ${await run(cluster)}`);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    console.error(error.message);
    return ExitCode.unhealthy;
  }
  const files = ['model', 'runtime'].map((name) => `-f examples/kubernetes/${name}.yaml`).join(' ');
  console.log(`\nnext: 'autotuner cluster check'; 'kubectl apply ${files}' brings the example's model and runtime`);
  return ExitCode.ok;
}

function uninstallCommand(): Command {
  return new Command('uninstall')
    .description('Remove what `install` has made: the role of a worker, and the claim with what is in it.')
    .option(...NAMESPACE)
    .option('--yes', 'remove it; otherwise it is only shown', false)
    .addHelpText(
      'after',
      `
Only what carries our label is removed, and nothing while experiments have anything in the namespace (exit code 8). The namespace
stays, and so do cert-manager, KEDA and OME, which others may use; docs/kubernetes.md says how to remove them.

Examples:
  autotuner cluster uninstall
  autotuner cluster uninstall --yes`
    )
    .action(
      command(async ({ namespace, yes }: Options & { yes: boolean }) => {
        const { experimentObjects, removeOwn } = await import('./cluster/uninstall.js');
        const cluster = await connectCluster();
        const experiments = await experimentObjects(cluster, namespace);
        for (const name of experiments) console.log(`in use: ${name}`);
        if (experiments.length > 0) {
          console.error("experiments have these in the namespace: end their tunes, or run 'autotuner gc'");
          return ExitCode.refused;
        }
        for await (const { title, result } of removeOwn(cluster, namespace, yes)) console.log(`${title}: ${result}`);
        console.log(`Namespace ${namespace}: stays; 'kubectl delete namespace ${namespace}' removes it and all in it`);
        if (!yes) console.log('\nnothing was removed: --yes does it');
        return ExitCode.ok;
      })
    );
}

/** @throws UsageError when no cluster is named. */
async function connectCluster(): Promise<Cluster> {
  if (!hasCluster()) throw new UsageError('no cluster is named: set KUBECONFIG, or make ~/.kube/config');
  const library = await import('../platform/kubernetes/cluster.js');
  return library.Cluster.fromEnvironment();
}
