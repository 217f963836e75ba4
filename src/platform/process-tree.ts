/**
 * Finding and ending processes that are ours, and only those. A pid alone proves nothing, since pids are reused: a process is ours
 * when its recorded start time matches too, or when the environment that it was started with carries our marker. The marker also
 * finds descendants that were reparented or made a session of their own.
 */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The environment variable that marks our processes; its value is the name of the owned process. */
export const MARKER = 'AUTOTUNER_OWNED';

const SCAN_EVERY_MS = 50;
/** After SIGKILL only the kernel can delay the end; longer than this means an uninterruptible process. */
const GONE_WITHIN_MS = 10_000;

/**
 * When a process started, in clock ticks since boot (field 22 of /proc/PID/stat, proc_pid_stat(5)); null when there is none, or only
 * a zombie, which runs no more.
 */
export async function startTimeOf(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The command name, in parentheses, may itself contain spaces and parentheses: fields count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : Number(fields[19]);
}

/** Every live process that was started with this value of the marker. */
export async function findMarked(name: string): Promise<number[]> {
  const wanted = `${MARKER}=${name}`;
  return (await liveProcesses((environment) => environment.split('\0').includes(wanted))).map(({ pid }) => pid);
}

/** Every live process that was started with this variable, with its environment as it was then. */
export async function listMarked(
  variable: string
): Promise<{ readonly pid: number; readonly environment: ReadonlyMap<string, string> }[]> {
  const found = await liveProcesses((environment) => `\0${environment}`.includes(`\0${variable}=`));
  return found.map(({ pid, environment }) => {
    const pairs = environment.split('\0').map((item): [string, string] => {
      const at = item.indexOf('=');
      return [item.slice(0, at), item.slice(at + 1)];
    });
    return { pid, environment: new Map(pairs) };
  });
}

async function liveProcesses(fits: (environment: string) => boolean): Promise<{ pid: number; environment: string }[]> {
  const found: { pid: number; environment: string }[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    // Other users' processes cannot be read, and are not ours.
    const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '');
    if (fits(environment) && (await startTimeOf(Number(entry))) !== null)
      found.push({ pid: Number(entry), environment });
  }
  return found;
}

/**
 * Ends every process with the marker: SIGTERM, then SIGKILL after the grace time, until a scan finds none.
 * @param graceMs how long they may take to end by themselves (3 s).
 * @throws Error naming the pids that survive.
 */
export async function endMarked(name: string, graceMs = 3000): Promise<void> {
  const start = performance.now();
  const asked = new Set<number>();
  for (;;) {
    const alive = await findMarked(name);
    if (alive.length === 0) return;
    const elapsed = performance.now() - start;
    if (elapsed > graceMs + GONE_WITHIN_MS) throw new Error(`processes ${alive.join(', ')} of ${name} cannot be ended`);
    for (const pid of alive) {
      // A process that was forked meanwhile has not been asked yet.
      if (elapsed > graceMs) signal(pid, 'SIGKILL');
      else if (!asked.has(pid)) signal(pid, 'SIGTERM');
      asked.add(pid);
    }
    await sleep(SCAN_EVERY_MS);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
