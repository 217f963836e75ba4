/** Which processes a fault strikes. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault, Victim } from './faults.js';
import { experimentOf, readLogbook, type Entry } from './logbook.js';
import type { Stage } from './stage.js';
import type { Supervised } from './supervised.js';

/** What belongs to one attempt of an experiment. */
interface OwnedVictim {
  readonly pid: number;
  /** The attempt's name. */
  readonly experiment: string;
}

/** The processes of a part of the application; none when it is not running. */
export async function pidsOf(victim: Victim, stage: Stage, cli: Supervised): Promise<number[]> {
  const present = ({ pid }: { readonly pid: number | null }): number[] => (pid === null ? [] : [pid]);
  const server = (): Promise<number[]> => stage.world.processes('temporal.', 'server');
  switch (victim) {
    case 'worker':
      return present(stage.worker);
    case 'supervisor':
      return present(stage.server);
    case 'server':
      return server();
    case 'cli':
      return present(cli);
    case 'optimizer':
      return (await optimizers(stage)).filter(({ parent }) => parent === stage.worker.pid).map(({ pid }) => pid);
    case 'daemon':
      return present(stage.docker ?? { pid: null });
    case 'everything':
      return [...present(stage.worker), ...present(stage.server), ...(await server())];
  }
}

/** Optimizer processes of this stage, whoever started them: they have their worker's folder for temporary files, and no mark. */
export async function optimizers({ world }: Stage): Promise<{ readonly pid: number; readonly parent: number }[]> {
  const temporary = `TMPDIR=${join(world.dir, 'tmp')}`;
  const found: { pid: number; parent: number }[] = [];
  for (const entry of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (file: string): Promise<string> => readFile(`/proc/${entry}/${file}`, 'latin1').catch(() => '');
    if (!(await read('cmdline')).includes('autotuner_optimizer')) continue;
    if (!(await read('environ')).split('\0').includes(temporary)) continue;
    const stat = await read('stat');
    found.push({ pid: Number(entry), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) });
  }
  return found;
}

/** The newest of its kind that is alive: it has the longest life before it. */
export function newestOwned(
  what: Extract<Fault, { kind: 'kill-owned' }>['what'],
  stage: Stage,
  task: string
): Promise<OwnedVictim | undefined> {
  switch (what) {
    case 'engine':
      return newestInLogbook('engine-start', stage, task);
    case 'benchmark':
      return newestInLogbook('bench-start', stage, task);
    case 'forward':
      return newestForward(stage, task);
  }
}

async function newestInLogbook(
  start: 'engine-start' | 'bench-start',
  { world, logFile }: Stage,
  task: string
): Promise<OwnedVictim | undefined> {
  const alive = await world.processes(`${task}-exp`);
  const entries = await readLogbook(logFile, task);
  return entries.findLast(({ event, pid }) => event === start && alive.includes(pid));
}

/** The way to an engine in a cluster keeps no logbook: it is the program behind its launcher. One that is under load comes first. */
async function newestForward({ world, logFile }: Stage, task: string): Promise<OwnedVictim | undefined> {
  const entries = await readLogbook(logFile, task);
  const has = (event: Entry['event'], name: string): boolean =>
    entries.some((entry) => entry.event === event && entry.experiment === name);
  const isUnderLoad = ({ experiment }: OwnedVictim): boolean =>
    has('bench-start', experiment) && !has('bench-end', experiment);
  const found: OwnedVictim[] = [];
  for (const { pid, owned } of await world.owned(`${task}-exp`)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('forward-main')) found.push({ pid, experiment: owned.replace(/\.\w+$/, '') });
  }
  found.sort((a, b) => experimentOf(a) - experimentOf(b));
  return found.findLast(isUnderLoad) ?? found.at(-1);
}
