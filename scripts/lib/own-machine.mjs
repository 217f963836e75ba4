/**
 * What a real node takes that changes the machine it runs on is given to it as its own: network, mounts, processes, host name, a folder
 * and a branch of the control groups. Nothing of it is left when its first process ends, even by SIGKILL, but the folder and the branch,
 * which this side removes; what a run leaves that was killed itself, the next one removes.
 */
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { removeFolder } from './files.mjs';
import { inProject } from './paths.mjs';

const PREFIX = 'inference-autotuner-node-';
const CGROUPS = '/sys/fs/cgroup';
/** A control group goes a moment after its last process. */
const REMOVED_WITHIN_MS = 10_000;

/** Below each controller where they are apart (version 1), else below the one root. */
function cgroupRoots() {
  if (existsSync(path.join(CGROUPS, 'cgroup.controllers'))) return [CGROUPS];
  const names = readdirSync(CGROUPS).filter((name) => existsSync(path.join(CGROUPS, name, 'cgroup.procs')));
  return names.map((name) => path.join(CGROUPS, name));
}

/** Of runs whose process is gone, and of this one. */
function endedRuns(names) {
  const pid = (name) => Number(name.slice(PREFIX.length));
  return names.filter(
    (name) => name.startsWith(PREFIX) && (pid(name) === process.pid || !existsSync(`/proc/${pid(name)}`))
  );
}

/** The deepest first: only an empty one can be removed. */
function removeCgroup(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(path.join(folder, entry.name));
  rmdirSync(folder);
}

async function removeCgroups() {
  const deadline = performance.now() + REMOVED_WITHIN_MS;
  for (const root of cgroupRoots())
    for (const name of endedRuns(readdirSync(root)))
      for (;;)
        try {
          removeCgroup(path.join(root, name));
          break;
        } catch (error) {
          if (error.code === 'ENOENT') break;
          if (error.code !== 'EBUSY' || performance.now() > deadline) throw error;
          await sleep(100);
        }
}

async function removeAll() {
  await removeCgroups();
  for (const name of endedRuns(readdirSync(tmpdir()))) removeFolder(path.join(tmpdir(), name));
}

/**
 * @template T
 * @param {(within: string[]) => Promise<T>} work gets the program, with arguments, that runs what follows them on a machine of its own
 * @returns {Promise<T>} what `work` returns, after what it has left was removed
 */
export async function onOwnMachine(work) {
  await removeAll();
  const name = `${PREFIX}${process.pid}`;
  const folder = path.join(tmpdir(), name);
  mkdirSync(folder, { mode: 0o755 });
  for (const root of cgroupRoots()) mkdirSync(path.join(root, name));
  try {
    return await work([
      // Should this process be killed, so is the first one in there, and with it all others.
      ...[
        'setpriv',
        '--pdeathsig',
        'KILL',
        '--',
        'unshare',
        '--net',
        '--mount',
        '--uts',
        '--ipc',
        '--pid',
        '--mount-proc',
      ],
      ...['--fork', '--kill-child', '--', process.execPath, inProject('test', 'node', 'machine.mjs'), folder, name],
    ]);
  } finally {
    await removeAll();
  }
}
