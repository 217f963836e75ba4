/** What the tests see of the daemon by themselves, not through the backend. */
import { readFile } from 'node:fs/promises';
import Docker from 'dockerode';
import { processesWith } from '../support/processes.js';

export const IMAGE = 'inference-autotuner/local-engine:1';

/** Its own client, on the daemon of this run. */
export function daemon(): Docker {
  return new Docker({ socketPath: (process.env['DOCKER_HOST'] ?? '').replace('unix://', '') });
}

/** Names of all containers, also those that have ended. */
export async function containers(): Promise<string[]> {
  const found = await daemon().listContainers({ all: true });
  return found.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, ''))).sort();
}

/** Pids of what runs in containers of the tuner whose name begins so, by what each process was started with. */
export async function engineProcesses(name: string): Promise<number[]> {
  return (await processesWith(`AUTOTUNER_OWNED=${name}`)).flatMap(({ pid, environment }) =>
    environment.some((item) => /^AUTOTUNER_OWNED=.*\.container$/.test(item)) ? [pid] : []
  );
}

/** The engine itself, not the small process that starts it. */
export async function engineProcess(name: string): Promise<number> {
  for (const pid of await engineProcesses(name)) {
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).startsWith('/usr/bin/node\0')) return pid;
  }
  throw new Error(`no engine runs in ${name}`);
}

/** Networks of the daemon besides those that it always has. */
export async function networks(): Promise<string[]> {
  const found = (await daemon().listNetworks()) as { Name: string }[];
  return found.map(({ Name }) => Name).filter((name) => !['bridge', 'host', 'none'].includes(name));
}
