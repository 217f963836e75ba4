import { hostname } from 'node:os';
import { join } from 'node:path';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Dependencies } from '../activities/index.js';
import { ProcessBackend } from '../backends/process/process-backend.js';
import { GenaiBenchRunner } from '../benchmarks/genai-bench/genai-bench-runner.js';
import { warmUp } from '../benchmarks/warm-up.js';
import { readTuneHistory } from '../client/tune-history.js';
import { findTool, type Environment } from '../platform/environment.js';
import { OwnedProcesses } from '../platform/owned-process.js';
import { hasCluster } from '../platform/kubernetes/has-cluster.js';
import { Places } from '../platform/places.js';
import { RunStore } from '../platform/run-store.js';

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

/** The real world for the activities: the only place where adapters are chosen. */
export async function createDependencies(environment: Environment, client: Client): Promise<Dependencies> {
  const { stateDir, modelsDir } = environment;
  const processes = new OwnedProcesses(join(stateDir, 'leases'));
  const cluster = hasCluster() ? await createClusterAdapters(processes, environment.namespaces) : null;
  return {
    hostId: environment.hostId,
    hostName: hostname(),
    resultsDir: environment.resultsDir,
    store: new RunStore(environment.artifactsDir),
    places: await Places.open(join(stateDir, 'places'), environment.places),
    backends: { process: new ProcessBackend(processes, environment), ...cluster?.backends },
    runners: {
      'genai-bench': new GenaiBenchRunner(processes, modelsDir, () => findTool('genai-bench')),
      ...cluster?.runners,
    },
    warmUp,
    earlierTune: (workflowId, lastRunId) => readTuneHistory(client, workflowId, lastRunId),
    async isOpen(workflowId, runId) {
      try {
        const { status } = await client.workflow.getHandle(workflowId, runId).describe();
        return status.name === 'RUNNING';
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}
