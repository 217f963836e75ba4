/** What a tune has left behind on this machine, in the cluster and in Docker, apart from anything that the tuner says. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFree } from '../../src/platform/ports.js';
import { startTimeOf } from '../../src/platform/process-tree.js';
import type { Entry } from './logbook.js';
import type { Stage } from './stage.js';
import { optimizers } from './victims.js';

const CLEAN_WITHIN_MS = 60_000;

/** Waits until nothing of the task is there any more. @returns what still is when the time is up. */
export async function leaksAfter(stage: Stage, task: string, entries: readonly Entry[]): Promise<string[]> {
  const { world, site } = stage;
  const state = join(world.dir, 'state');
  const children = entries.flatMap(({ child }) => child ?? []);
  for (const deadline = Date.now() + CLEAN_WITHIN_MS; ; await sleep(500)) {
    const processes = await world.processes(`${task}-exp`);
    const startTimes = await Promise.all(children.map(startTimeOf));
    const alive = children.filter((_, i) => startTimes[i] != null);
    const folders = (
      await Promise.all(['leases', 'places', 'docker'].map((name) => readdir(join(state, name)).catch(() => [])))
    )
      .flat()
      .filter((name) => name.startsWith(`${task}-exp`));
    const temporary = await readdir(join(world.dir, 'tmp'));
    const orphans = (await optimizers(stage)).filter(({ parent }) => parent === 1);
    const objects = (await site?.leftovers(task)) ?? [];
    const left = [
      ...processes.map((pid) => `process ${pid} is alive`),
      ...orphans.map(({ pid }) => `optimizer ${pid} has outlived its worker`),
      ...alive.map((pid) => `child process ${pid} is alive`),
      ...folders.map((name) => `folder ${name} is there`),
      ...temporary.map((name) => `temporary ${name} is there`),
      ...objects.map((name) => `${name} is left`),
      ...(await portsLeft(entries)),
    ];
    if (left.length === 0 || Date.now() > deadline) return left;
  }
}

/** Ports on which engines of this run have listened and something still does. */
async function portsLeft(entries: readonly Entry[]): Promise<string[]> {
  const ports = [...new Set(entries.flatMap(({ port }) => (port === undefined ? [] : [port])))];
  const free = await Promise.all(ports.map((port) => isFree(port)));
  return ports.filter((_, i) => !free[i]).map((port) => `port ${port} is still listened on`);
}
