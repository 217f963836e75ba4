/** What is really alive on this machine, by what each process was started with: the one thing that nobody can forget to write down. */
import { readdir, readFile } from 'node:fs/promises';

interface Process {
  readonly pid: number;
  /** `NAME=value`. */
  readonly environment: readonly string[];
}

/** All but this one that run with a variable that begins so; zombies run no more. @param variable `NAME=beginning`. */
export async function processesWith(variable: string): Promise<Process[]> {
  const found: Process[] = [];
  for (const entry of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = (await readFile(`/proc/${entry}/environ`, 'utf8').catch(() => '')).split('\0');
    if (Number(entry) === process.pid || !environment.some((item) => item.startsWith(variable))) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => ') Z');
    if (!stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) found.push({ pid: Number(entry), environment });
  }
  return found;
}

export function valueOf(environment: Process['environment'], name: string): string | undefined {
  return environment.find((item) => item.startsWith(`${name}=`))?.slice(name.length + 1);
}
