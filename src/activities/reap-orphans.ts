import type { Owned } from '../backends/types.js';
import type { ReapReport } from '../contracts/activities.js';
import { experimentNameOf } from '../domain/names.js';
import { removeLeftover } from '../platform/leftovers.js';
import type { Dependencies } from './dependencies.js';
import { Problems } from './lib/problems.js';

/** An owner younger than this may not have reached Temporal's database yet. */
const GRACE_MS = 60_000;
/** What does not say whose it is may still be in the making for so long. */
const HALF_MADE_MS = 3_600_000;
/** Names taken down side by side: one that will not go must not keep the others waiting. */
const AT_ONCE = 8;

type Backend = keyof Dependencies['backends'];
type Part = Owned & { readonly backend: Backend };

/**
 * Takes down what belongs to experiments that are over: processes, their folders, cluster objects, places. What carries no owner of
 * ours is never touched, but for half-made folders under our names, once they are old. Each item is handled alone: what cannot be
 * looked at or taken down is a problem in the report, and does not keep the rest from going.
 * @throws when Temporal cannot be asked; nothing at all is touched then.
 */
export async function reapOrphans(dependencies: Dependencies, dryRun: boolean): Promise<ReapReport> {
  const { places, hostId } = dependencies;
  const removed: { name: string; kind: string; reason: string }[] = [];
  const problems = new Problems();
  const isOrphan = createJudge(dependencies);
  let examined = 0;

  const names = new Map<string, Part[]>();
  for (const part of await listOwned(dependencies, problems)) {
    const name = experimentNameOf(part.name);
    names.set(name, [...(names.get(name) ?? []), part]);
    examined++;
  }
  const orphans: Part[][] = [];
  for (const parts of names.values()) {
    // Together they are one attempt of one experiment, with all its steps: it is over when no part of it says that it lives.
    const verdicts: boolean[] = [];
    for (const { owner, createdAtMs, expiresAtMs } of parts)
      verdicts.push(await isOrphan(owner, createdAtMs, expiresAtMs));
    if (verdicts.every(Boolean)) orphans.push(parts);
  }
  const freed: { name: string; reason: string }[] = [];
  const claims = await problems.collect('the places', () => places.claims());
  for (const { name, holder, sinceMs } of claims ?? []) {
    if (names.has(name)) continue;
    examined++;
    const orphaned = holder ? await isOrphan(holder, holder.claimedAtMs) : !isYoung(sinceMs, GRACE_MS);
    if (orphaned) freed.push({ name, reason: holder ? over(holder) : 'nobody can say whose it is' });
  }

  // From here on Temporal is not asked any more.
  for (let i = 0; i < orphans.length; i += AT_ONCE) {
    const some = orphans.slice(i, i + AT_ONCE);
    const gone = await Promise.all(some.map(async (parts) => dryRun || takeDown(dependencies, parts, problems)));
    for (const { name, kind, owner } of some.filter((_, at) => gone[at]).flat())
      removed.push({ name, kind, reason: over(owner) });
  }
  for (const { name, reason } of freed) {
    const done = dryRun || (await problems.attempt(`release the place ${name}`, () => places.release(name)));
    if (done) removed.push({ name, kind: 'place', reason });
  }
  for (const leftover of (await problems.collect('what is half-made', () => dependencies.leftovers())) ?? []) {
    examined++;
    const { path, pids } = leftover;
    if (pids.length > 0)
      problems.add(`${path} does not say whose the processes ${pids.join(', ')} are: end them by hand`);
    if (pids.length > 0 || isYoung(leftover.changedAtMs, HALF_MADE_MS)) continue;
    const done = dryRun || (await problems.attempt(`remove ${path}`, () => removeLeftover(leftover)));
    if (done) removed.push({ name: path, kind: 'leftover', reason: 'nobody can say whose it is' });
  }
  return { hostId, examined, removed, problems: problems.list() };
}

async function listOwned({ backends }: Dependencies, problems: Problems): Promise<Part[]> {
  const lists = Object.entries(backends).map(async ([backend, port]) => {
    const list = await problems.collect(`what the backend '${backend}' has made`, () => port.listOwned());
    for (const problem of list?.problems ?? []) problems.add(problem);
    return (list?.owned ?? []).map((owned) => ({ ...owned, backend: backend as Backend }));
  });
  return (await Promise.all(lists)).flat();
}

type Judge = (
  owner: { readonly workflowId: string; readonly runId: string },
  createdAtMs: number,
  expiresAtMs?: number
) => Promise<boolean>;

/** Asks Temporal once for each owner. */
function createJudge({ isOpen }: Dependencies): Judge {
  const answers = new Map<string, Promise<boolean>>();
  return async ({ workflowId, runId }, createdAtMs, expiresAtMs) => {
    const lives = expiresAtMs === undefined ? isYoung(createdAtMs, GRACE_MS) : Date.now() <= expiresAtMs;
    if (lives) return false;
    const key = `${runId} ${workflowId}`;
    const answer = answers.get(key) ?? isOpen(workflowId, runId);
    answers.set(key, answer);
    return !(await answer);
  };
}

/** A time that is still to come says nothing: the clock was set back, or the file is damaged. */
function isYoung(sinceMs: number, graceMs: number): boolean {
  return Math.abs(Date.now() - sinceMs) < graceMs;
}

function over({ workflowId }: { readonly workflowId: string }): string {
  return `its experiment ${workflowId} is over`;
}

/** Benchmarks first, then engines, then the place. @returns whether all of it is gone. */
async function takeDown(
  { backends, runners, places }: Dependencies,
  parts: readonly Part[],
  problems: Problems
): Promise<boolean> {
  const name = experimentNameOf(parts[0]?.name ?? '');
  let benchmarksGone = true;
  // Before the engine, whose folder holds the key that is to be taken out of what the load generators have written.
  for (const step of new Set([name, ...parts.map((part) => part.name)])) {
    for (const [runner, port] of Object.entries(runners)) {
      const gone = await problems.takeDown(`the benchmark ${step} of ${runner}`, () => port.stop(step));
      benchmarksGone &&= gone;
    }
  }
  let enginesGone = true;
  for (const backend of new Set(parts.map((part) => part.backend))) {
    const gone = await problems.takeDown(
      `the engine ${name} of ${backend}`,
      async () => (await backends[backend]?.tearDown(name, null)) ?? []
    );
    enginesGone &&= gone;
  }
  // What is still there still uses the device.
  if (enginesGone) enginesGone = await problems.attempt(`release the place ${name}`, () => places.release(name));
  return benchmarksGone && enginesGone;
}
