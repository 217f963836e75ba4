import { proxyActivities } from '@temporalio/workflow';
import type { HostActivities, ReapReport } from '../contracts/activities.js';
import * as policies from '../contracts/policies.js';
import { hostQueue } from '../contracts/task-queues.js';
import { isHostLost } from './lib/failure-guards.js';

/**
 * Removes what is left on one host of experiments that are over. Run by a schedule that the host's worker creates.
 * @returns null when the host's worker does not answer: the next turn will find it, or the host is gone for good.
 */
export async function reapOrphansWorkflow(input: { hostId: string; dryRun?: boolean }): Promise<ReapReport | null> {
  const host = proxyActivities<HostActivities>({ ...policies.REAP, taskQueue: hostQueue(input.hostId) });
  try {
    return await host.reapOrphans({ dryRun: input.dryRun ?? false });
  } catch (error) {
    if (isHostLost(error)) return null;
    throw error;
  }
}
