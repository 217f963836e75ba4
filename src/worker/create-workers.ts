import {
  Worker,
  type ActivitySlotInfo,
  type CustomSlotSupplier,
  type NativeConnection,
  type WorkerOptions,
} from '@temporalio/worker';
import { createActivities, type Dependencies } from '../activities/index.js';
import { CONTROL_QUEUE, hostQueue, PLACES_QUEUE } from '../contracts/task-queues.js';
import { readConversion } from '../platform/data-converter.js';
import { readWorkerVersion } from '../platform/environment.js';
import type { Places } from '../platform/places.js';
import { workerIdentity } from '../platform/worker-identity.js';
import { tracedWorker } from './traced.js';
import { workflowCode } from './workflow-code.js';

export type Role = 'control' | 'host';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly roles: readonly Role[];
  readonly dependencies: Dependencies;
}

/** Activities of one host at the same time: more than there are places, so that none waits for another. */
const HOST_SLOTS = 50;

/** One Temporal worker for each queue that the roles serve. The caller runs them. */
export async function createWorkers({ connection, namespace, roles, dependencies }: WorkersOptions): Promise<Worker[]> {
  const activities = createActivities(dependencies);
  const { dataConverter, encrypted } = readConversion();
  const common: Partial<WorkerOptions> = {
    connection,
    namespace,
    identity: await workerIdentity(dependencies.hostId),
    dataConverter,
    ...(await tracedWorker()),
    // A stopping worker tells its activities; benchmarks are left running for the next worker, so this need not be long.
    shutdownGraceTime: '2 seconds',
    shutdownForceTime: '30 seconds',
    // A workflow waits so long for the worker that knows it (10 s by default); replaying it elsewhere is quicker.
    stickyQueueScheduleToStartTimeout: '2 seconds',
    // A cancellation reaches an activity with the answer to a heartbeat: by default that could take a minute.
    maxHeartbeatThrottleInterval: '1 second',
    defaultHeartbeatThrottleInterval: '1 second',
  };
  const wanted: WorkerOptions[] = [];
  if (roles.includes('control')) {
    wanted.push({
      ...common,
      ...workflowCode(encrypted, common),
      ...versioning(),
      taskQueue: CONTROL_QUEUE,
      activities: activities.control,
    });
  }
  if (roles.includes('host')) {
    const { hostId, places } = dependencies;
    wanted.push(
      {
        ...common,
        taskQueue: hostQueue(hostId),
        activities: activities.host,
        maxConcurrentActivityTaskExecutions: HOST_SLOTS,
      },
      { ...common, taskQueue: PLACES_QUEUE, activities: activities.places, tuner: placesTuner(places) }
    );
  }
  return Promise.all(wanted.map((options) => Worker.create(options)));
}

/**
 * A tune that has begun on a version of the workflows ends on it, with its experiments. Hosts have none: what they do, they do for tunes
 * of every version, since an engine must be taken down by whoever serves its machine then.
 */
function versioning(): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  const version = readWorkerVersion();
  if (!version) return {};
  return { workerDeploymentOptions: { useWorkerVersioning: true, version, defaultVersioningBehavior: 'PINNED' } };
}

/**
 * Lets the poller of the places queue ask for a task only while this host has a place free: an experiment waits in Temporal, where
 * any host can take it, and not here.
 */
function placesTuner(places: Places): NonNullable<WorkerOptions['tuner']> {
  const activityTaskSlotSupplier: CustomSlotSupplier<ActivitySlotInfo> = {
    type: 'custom',
    async reserveSlot(_, signal) {
      await places.reserve(signal);
      return {};
    },
    tryReserveSlot: () => (places.tryReserve() ? {} : null),
    markSlotUsed: () => undefined,
    releaseSlot: () => places.unreserve(),
  };
  const one = { type: 'fixed-size', numSlots: 1 } as const;
  return {
    workflowTaskSlotSupplier: { type: 'fixed-size', numSlots: 2 },
    activityTaskSlotSupplier,
    localActivityTaskSlotSupplier: one,
    nexusTaskSlotSupplier: one,
  };
}
