import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Dependencies } from '../activities/index.js';
import { isWorkflowOpen } from '../client/index.js';
import type { DockerBackend, DockerBackendOptions } from '../backends/docker/docker-backend.js';
import { ProcessBackend } from '../backends/process/process-backend.js';
import { AiperfRunner } from '../benchmarks/aiperf/aiperf-runner.js';
import { Admission } from '../benchmarks/detached/admission.js';
import { GenaiBenchRunner } from '../benchmarks/genai-bench/genai-bench-runner.js';
import { resetPrefixCache } from '../benchmarks/prefix-cache.js';
import { warmUp } from '../benchmarks/warm-up.js';
import { readTuneHistory } from '../client/tune-history.js';
import { openHistory } from '../history/index.js';
import { experimentSeconds } from '../contracts/policies.js';
import { createOptimizers } from '../optimizers/index.js';
import type { Model } from '../optimizers/model-based/model.js';
import { ModelProcess } from '../optimizers/model-based/model-process.js';
import { Accelerators } from '../platform/accelerators/accelerators.js';
import { devicesInUse } from '../platform/accelerators/device-use.js';
import { findNvidiaSmi } from '../platform/accelerators/nvidia-smi.js';
import { readConversion } from '../platform/data-converter.js';
import { findDockerHost } from '../platform/docker/docker-host.js';
import { earlierRunsOf } from '../platform/earlier-runs/index.js';
import { watchEngine } from '../platform/engine-metrics/watch-engine.js';
import { findTool, optimizerCommand, type Environment } from '../platform/environment.js';
import { OwnedProcesses } from '../platform/owned-process.js';
import { readHistoryUrl } from '../platform/history-url.js';
import { hasCluster } from '../platform/kubernetes/has-cluster.js';
import { Places } from '../platform/places.js';
import { RunStore } from '../platform/run-store.js';
import { Secrets } from '../platform/secrets.js';

/** Loaded only where there is a kubeconfig: the Kubernetes client is large. */
async function createClusterAdapters(
  processes: OwnedProcesses,
  namespaces: readonly string[]
): Promise<Pick<Dependencies, 'backends' | 'runners'>> {
  const [{ Cluster }, { OmeBackend }, { OmeBenchmarkJobRunner }] = await Promise.all([
    import('../platform/kubernetes/cluster.js'),
    import('../backends/ome/ome-backend.js'),
    import('../benchmarks/ome-benchmark-job/ome-benchmark-job-runner.js'),
  ]);
  const cluster = Cluster.fromEnvironment();
  return {
    backends: { ome: new OmeBackend(cluster, processes, namespaces) },
    runners: { 'ome-benchmark-job': new OmeBenchmarkJobRunner(cluster, namespaces) },
  };
}

/** Docker's daemon, if there is one, and what it knows. Loaded only then: its client is large, too. */
async function createDocker(environment: Environment): Promise<{
  readonly backend: (parts: Pick<DockerBackendOptions, 'secrets' | 'accelerators'>) => DockerBackend;
  readonly devicesInUse: typeof devicesInUse;
} | null> {
  const { stateDir, modelsDir, hostId, dockerNetwork: network, dockerAddress: address, allowCommand } = environment;
  const host = findDockerHost(process.env, existsSync(join(stateDir, 'docker')));
  if (!host) return null;
  const [{ DockerClient }, { DockerBackend }, { containersByDevice }] = await Promise.all([
    import('../platform/docker/docker-client.js'),
    import('../backends/docker/docker-backend.js'),
    import('../backends/docker/device-leases.js'),
  ]);
  const client = new DockerClient(host);
  const { dockerImages: images, dockerVolumes: volumes } = environment;
  const policy = { images, environment: environment.dockerEnvironment, volumes, allowCommand };
  return {
    backend: ({ secrets, accelerators }) =>
      new DockerBackend({
        ...{ client, stateDir, modelsDir, hostId, policy, network, address, secrets },
        // Those of another machine are not what nvidia-smi shows here.
        accelerators: host.local ? accelerators : null,
        longestSeconds: experimentSeconds,
      }),
    // Where the daemon does not say, the memory of the devices does.
    devicesInUse: () => containersByDevice(client).catch(() => new Map()),
  };
}

const noDevices: typeof devicesInUse = () => Promise.resolve(new Map());

/** The places of this host and its accelerators: each place has its share of them. */
async function createPlaces(
  { stateDir, places: count, deviceWaitMs }: Environment,
  say: (line: string) => void,
  inContainers: typeof devicesInUse
): Promise<Pick<Dependencies, 'places' | 'accelerators'>> {
  const accelerators = new Accelerators({
    smi: findNvidiaSmi(),
    stateDir,
    places: count,
    waitMs: deviceWaitMs,
    placeOf: (name) => places.placeOf(name),
    onChange: () => places.changed(),
    say,
    cudaVisibleDevices: process.env['CUDA_VISIBLE_DEVICES'],
    inUse: async () => new Map([...(await inContainers()), ...(await devicesInUse())]),
  });
  const places = await Places.open(join(stateDir, 'places'), count, (place) => accelerators.isUsable(place));
  return { places, accelerators };
}

/**
 * The real world for the activities: the only place where adapters are chosen.
 * @param options.model what the strategies that learn ask; default: the optimizer's process, which is not started before it is asked.
 * @param options.history default: the one of this machine's environment.
 * @param options.say told what a person may want to know.
 * @param options.secrets default: this process's own, and what AUTOTUNER_SECRETS lets tasks use.
 */
export async function createDependencies(
  environment: Environment,
  client: Client,
  options: {
    readonly secrets?: Secrets;
    readonly model?: Model;
    readonly say?: (line: string) => void;
    readonly history?: Dependencies['history'];
  } = {}
): Promise<Dependencies> {
  const { stateDir, modelsDir, tracesDir } = environment;
  const { secrets = new Secrets(process.env, environment.secrets), say = () => undefined } = options;
  const { model = new ModelProcess(optimizerCommand()) } = options;
  const { history = openHistory({ url: readHistoryUrl(), folder: environment.historyDir, say }) } = options;
  const docker = await createDocker(environment);
  const { places, accelerators } = await createPlaces(environment, say, docker?.devicesInUse ?? noDevices);
  const inDocker = docker?.backend({ secrets, accelerators });
  const processes = new OwnedProcesses(join(stateDir, 'leases'), secrets);
  const admission = new Admission(processes);
  const store = new RunStore(environment.artifactsDir);
  const cluster = hasCluster() ? await createClusterAdapters(processes, environment.namespaces) : null;
  return {
    hostId: environment.hostId,
    hostName: hostname(),
    resultsDir: environment.resultsDir,
    store,
    history,
    earlierRuns: earlierRunsOf(environment, store),
    places,
    accelerators,
    redactor: secrets.redactor,
    encrypted: readConversion().encrypted,
    backends: {
      process: new ProcessBackend(processes, environment, accelerators),
      ...(inDocker ? { docker: inDocker } : {}),
      ...cluster?.backends,
    },
    optimizers: createOptimizers(model),
    runners: {
      'genai-bench': new GenaiBenchRunner(processes, modelsDir, () => findTool('genai-bench'), admission),
      aiperf: new AiperfRunner(processes, { modelsDir, tracesDir }, () => findTool('aiperf'), admission),
      ...cluster?.runners,
    },
    warmUp,
    resetPrefixCache,
    watchEngine: (endpoint, file) => watchEngine(endpoint, file),
    earlierTune: (workflowId, lastRunId) => readTuneHistory(client, workflowId, lastRunId),
    leftovers: async () => [
      ...(await processes.leftovers()),
      ...(await places.leftovers()),
      ...((await inDocker?.leftovers()) ?? []),
    ],
    isOpen: (workflowId, runId) => isWorkflowOpen(client, workflowId, runId),
  };
}
