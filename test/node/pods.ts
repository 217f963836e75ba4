/** What runs in the pods, seen as the machine sees it. */
import { readdir, readFile } from 'node:fs/promises';

export interface Process {
  readonly pid: number;
  readonly commandLine: string;
  /** Effective user. */
  readonly user: number;
  /** Whether its root file system can be written. */
  readonly readOnlyRoot: boolean;
}

/** Processes of pods, by the branch of the control groups that is theirs, whose command line has this in it. */
export async function podProcesses(part: string): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => read(pid).catch(() => null)));
  return found.filter((process) => process !== null).filter(({ commandLine }) => commandLine.includes(part));
}

async function read(pid: number): Promise<Process | null> {
  const [cgroup = '', commandLine = '', status = '', mounts = ''] = await Promise.all(
    ['cgroup', 'cmdline', 'status', 'mounts'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8'))
  );
  // One that has ended has no command line any more.
  if (!cgroup.includes('/kubepods') || commandLine === '') return null;
  const [, user = ''] = /^Uid:\s+\d+\s+(\d+)/m.exec(status) ?? [];
  const [, options = ''] = /^\S+ \/ \S+ (\S+)/m.exec(mounts) ?? [];
  const words = commandLine.split('\0').join(' ').trim();
  return { pid, commandLine: words, user: Number(user), readOnlyRoot: options.split(',').includes('ro') };
}
