/** Things that look like ours and are not: whoever touches them breaks the promise. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SLEEPER = 'const s = require("net").createServer().listen(0, "127.0.0.1"); setInterval(() => s, 1000);';

export class Decoys {
  private constructor(
    private readonly processes: readonly ChildProcess[],
    private readonly files: Readonly<Record<string, string>>
  ) {}

  /** @param env of this world's workers, so that only the names tell them apart. */
  static async place(stateDir: string, resultsDir: string, env: NodeJS.ProcessEnv): Promise<Decoys> {
    const start = (more: NodeJS.ProcessEnv, ...args: string[]): ChildProcess =>
      spawn(process.execPath, ['-e', SLEEPER, ...args], { env: { ...env, ...more }, stdio: 'ignore', detached: true });
    const processes = [
      start({}, 'engine.mjs', '--port', '8080'),
      start({ AUTOTUNER_OWNED: 'chaos-exp1.engine' }),
      start({ AUTOTUNER_OWNED: 'chaos-0-exp1-00000000.engine' }),
      start({ AUTOTUNER_OWNED_BY: 'chaos-0-exp1-00000000.benchmark' }),
    ];
    const files = {
      [join(resultsDir, 'chaos_results.json.bak')]: 'yours',
      [join(stateDir, 'leases', 'README')]: 'no lease',
      [join(stateDir, 'artifacts', 'of-somebody-else', 'run', 'experiments', '1', 'outcome.json')]: '{}',
    };
    for (const [file, text] of Object.entries(files)) {
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, text);
    }
    return new Decoys(processes, files);
  }

  /** What has happened to them. */
  async damage(): Promise<string[]> {
    const dead = this.processes.filter((child) => child.exitCode !== null || child.signalCode !== null);
    const changed: string[] = [];
    for (const [file, text] of Object.entries(this.files))
      if ((await readFile(file, 'utf8').catch(() => null)) !== text) changed.push(file);
    return [
      ...dead.map(({ pid }) => `decoy process ${pid} was ended`),
      ...changed.map((file) => `${file} was changed`),
    ];
  }

  remove(): void {
    for (const child of this.processes) child.kill('SIGKILL');
  }
}
