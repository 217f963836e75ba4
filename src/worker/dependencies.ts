import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Dependencies } from '../activities/index.js';
import { ProcessBackend } from '../backends/process/process-backend.js';
import { GenaiBenchRunner } from '../benchmarks/genai-bench/genai-bench-runner.js';
import { warmUp } from '../benchmarks/warm-up.js';
import { findTool, PROJECT_ROOT, type Environment } from '../platform/environment.js';
import { OwnedProcesses } from '../platform/owned-process.js';
import { Places } from '../platform/places.js';
import { RunStore } from '../platform/run-store.js';

/** The real world for the activities: the only place where adapters are chosen. */
export async function createDependencies(environment: Environment, client: Client): Promise<Dependencies> {
  const { stateDir, modelsDir } = environment;
  const processes = new OwnedProcesses(join(stateDir, 'leases'));
  const { version } = JSON.parse(await readFile(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { version: string };
  return {
    hostId: environment.hostId,
    hostName: hostname(),
    version,
    resultsDir: environment.resultsDir,
    store: new RunStore(environment.artifactsDir),
    // One engine under measurement at a time: this machine's processors are its one device.
    places: await Places.open(join(stateDir, 'places'), 1),
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
