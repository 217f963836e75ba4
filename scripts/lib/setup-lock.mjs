/**
 * One set-up at a time for a cache folder. The lock file names its holder by pid and start time, so that a lock left by
 * a killed set-up is recognised even when its pid belongs to another process by now.
 */
import { appendFileSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { cacheDir, inCache } from './paths.mjs';

const POLL_MS = 200;
const lockFile = inCache('setup.lock');
const childrenFile = inCache('setup.children');

/** Start time of a process in clock ticks since boot (field 22 of /proc/PID/stat); undefined when there is none. */
function startTime(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in brackets and may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

const identity = (pid) => `${pid} ${startTime(pid)}`;
const isAlive = (recorded) => recorded !== '' && identity(Number.parseInt(recorded, 10)) === recorded;

function read(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

/** End a tool, which leads a process group, with everything that it started. It may be gone already. */
export function endProcessGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Record a tool that set-up started; a later set-up ends it if this process dies without doing so. */
export function rememberChild(pid) {
  appendFileSync(childrenFile, `${identity(pid)}\n`);
}

/** Tools of a killed set-up may still be writing where the next one is about to. */
async function endLeftoverChildren() {
  const leftovers = read(childrenFile).split('\n').filter(isAlive);
  for (const child of leftovers) endProcessGroup(Number.parseInt(child, 10));
  while (leftovers.some(isAlive)) await sleep(POLL_MS);
  rmSync(childrenFile, { force: true });
}

/** Link a file that already has its content: the lock appears whole or not at all. */
function tryLock() {
  const own = `${lockFile}.${process.pid}`;
  writeFileSync(own, identity(process.pid));
  try {
    linkSync(own, lockFile);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Take a dead holder's lock away; put it back if somebody else took it over in between. */
function breakLock(deadHolder) {
  const aside = `${lockFile}.broken.${process.pid}`;
  try {
    renameSync(lockFile, aside);
    if (read(aside) !== deadHolder) linkSync(aside, lockFile);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * Wait for the lock and take it.
 *
 * @param {(pid: number) => void} onWait called once if another set-up holds it
 * @param {AbortSignal} signal ends the wait
 * @returns {Promise<() => void>} releases the lock
 */
export async function acquireSetupLock(onWait, signal) {
  mkdirSync(cacheDir, { recursive: true });
  let told = false;
  while (!tryLock()) {
    const holder = read(lockFile);
    if (holder && !isAlive(holder)) {
      breakLock(holder);
      continue;
    }
    if (!told) onWait(Number.parseInt(holder, 10));
    told = true;
    await sleep(POLL_MS, undefined, { signal });
  }
  await endLeftoverChildren();
  return () => {
    rmSync(childrenFile, { force: true });
    rmSync(lockFile, { force: true });
  };
}
