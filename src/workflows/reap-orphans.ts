import { proxyActivities } from '@temporalio/workflow';
import type { HostActivities, ReapReport } from '../contracts/activities.js';
import * as policies from '../contracts/policies.js';
import { hostQueue } from '../contracts/task-queues.js';

/** Removes what is left on one host of experiments that are over. Run by a schedule that the host's worker creates. */
export async function reapOrphansWorkflow(input: { hostId: string; dryRun?: boolean }): Promise<ReapReport> {
  const host = proxyActivities<HostActivities>({ ...policies.REAP, taskQueue: hostQueue(input.hostId) });
  return host.reapOrphans({ dryRun: input.dryRun ?? false });
}
