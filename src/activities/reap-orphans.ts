import type { ReapReport } from '../contracts/activities.js';
import type { Dependencies } from './dependencies.js';

/** An owner younger than this may not have reached Temporal's database yet. */
const GRACE_MS = 60_000;

type Owner = { readonly workflowId: string; readonly runId: string };

/**
 * Takes down what belongs to experiments that are over: processes, their folders, places. What carries no owner of ours is never
 * touched.
 * @throws when Temporal cannot be asked; nothing more is touched then.
 */
export async function reapOrphans(dependencies: Dependencies, dryRun: boolean): Promise<ReapReport> {
  const { backends, runners, places, isOpen, hostId } = dependencies;
  const removed: { name: string; kind: string; reason: string }[] = [];
  let examined = 0;

  const isOrphan = async (owner: Owner, createdAtMs: number, expiresAtMs?: number): Promise<boolean> => {
    examined++;
    const aliveUntilMs = expiresAtMs ?? createdAtMs + GRACE_MS;
    return Date.now() > aliveUntilMs && !(await isOpen(owner.workflowId, owner.runId));
  };

  const kept = new Set<string>();
  for (const backend of Object.values(backends)) {
    for (const { name, kind, owner, createdAtMs, expiresAtMs } of await backend.listOwned()) {
      if (!(await isOrphan(owner, createdAtMs, expiresAtMs))) {
        kept.add(name);
        continue;
      }
      removed.push({ name, kind, reason: `its experiment ${owner.workflowId} is over` });
      if (dryRun) continue;
      for (const runner of Object.values(runners)) await runner.stop(name);
      await backend.tearDown(name, null);
      await places.release(name);
    }
  }
  for (const { name, holder } of await places.claims()) {
    if (kept.has(name) || removed.some((item) => item.name === name)) continue;
    if (holder && !(await isOrphan(holder, holder.claimedAtMs))) continue;
    const reason = holder ? `its experiment ${holder.workflowId} is over` : 'nobody can say whose it is';
    removed.push({ name, kind: 'place', reason });
    if (!dryRun) await places.release(name);
  }
  return { hostId, examined, removed };
}
