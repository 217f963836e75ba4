import { hostname } from 'node:os';
import { join } from 'node:path';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Dependencies } from '../activities/index.js';
import { ProcessBackend } from '../backends/process/process-backend.js';
import { GenaiBenchRunner } from '../benchmarks/genai-bench/genai-bench-runner.js';
import { warmUp } from '../benchmarks/warm-up.js';
import { findTool, type Environment } from '../platform/environment.js';
import { OwnedProcesses } from '../platform/owned-process.js';
import { Places } from '../platform/places.js';
import { RunStore } from '../platform/run-store.js';

/** The real world for the activities: the only place where adapters are chosen. */
export async function createDependencies(environment: Environment, client: Client): Promise<Dependencies> {
  const { stateDir, modelsDir } = environment;
  const processes = new OwnedProcesses(join(stateDir, 'leases'));
  return {
    hostId: environment.hostId,
    hostName: hostname(),
    resultsDir: environment.resultsDir,
    store: new RunStore(environment.artifactsDir),
    places: await Places.open(join(stateDir, 'places'), environment.places),
    backends: { process: new ProcessBackend(processes, environment) },
    runners: { 'genai-bench': new GenaiBenchRunner(processes, modelsDir, () => findTool('genai-bench')) },
    warmUp,
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
