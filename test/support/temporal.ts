/** A real Temporal server for one test file, and workers for every queue of one host. */
import { readFile } from 'node:fs/promises';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../../src/contracts/search-attributes.js';
import { CONTROL_QUEUE, hostQueue, PLACES_QUEUE } from '../../src/contracts/task-queues.js';
import { findTool } from '../../src/platform/environment.js';
import type { Activities } from './fake-activities.js';

const QUIET = new DefaultLogger('ERROR');

/** What test/jest/bundle-workflows.mjs has made at the start of this run. */
export async function workflowBundle(): Promise<WorkflowBundleWithSourceMap> {
  const file = process.env['WORKFLOW_BUNDLE_FILE'];
  if (!file) throw new Error('the configuration of this suite lacks its globalSetup, test/jest/bundle-workflows.mjs');
  return JSON.parse(await readFile(file, 'utf8')) as WorkflowBundleWithSourceMap;
}

/** The time-skipping server: hours of timers pass in milliseconds. */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment> {
  Runtime.install({ logger: QUIET });
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: findTool('temporal-test-server') ?? 'temporal-test-server' } },
  });
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.values(SEARCH_ATTRIBUTES).map(({ name, type }) => [name, type === 'DOUBLE' ? 4 : 2])
    ),
  });
  return environment;
}

/** Runs `body` while workers serve every queue of the host `here`. */
export async function withWorkers<T>(
  environment: TestWorkflowEnvironment,
  bundle: WorkflowBundleWithSourceMap,
  activities: Activities,
  body: () => Promise<T>
): Promise<T> {
  const common = {
    connection: environment.nativeConnection,
    activities,
    maxHeartbeatThrottleInterval: '100 milliseconds',
  };
  const workers = await Promise.all([
    Worker.create({ ...common, workflowBundle: bundle, taskQueue: CONTROL_QUEUE }),
    ...[PLACES_QUEUE, hostQueue('here')].map((taskQueue) => Worker.create({ ...common, taskQueue })),
  ]);
  const running = workers.map((worker) => worker.run());
  try {
    return await body();
  } finally {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  }
}
