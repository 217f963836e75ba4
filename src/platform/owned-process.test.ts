import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, rmdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OwnedProcesses, type StartRequest } from './owned-process.js';
import { findMarked, MARKER, startTimeOf } from './process-tree.js';

let dir: string;
let processes: OwnedProcesses;
let name: string;
let decoy: ChildProcess | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'leases-'));
  processes = new OwnedProcesses(dir);
  name = basename(dir).toLowerCase();
});
afterEach(async () => {
  decoy?.kill('SIGKILL');
  decoy = undefined;
  await processes.remove(name, 'engine');
  await rm(dir, { recursive: true, force: true });
});

const owner = { workflowId: 'tune/x/1', runId: 'r', taskName: 'x', experimentId: 1 };
function start(code: string, more: Partial<StartRequest> = {}): Promise<void> {
  return processes.start({
    name,
    kind: 'engine',
    owner,
    port: null,
    env: {},
    command: [process.execPath, '-e', code],
    ...more,
  });
}
const exit = (): ReturnType<OwnedProcesses['waitForExit']> =>
  processes.waitForExit(name, 'engine', AbortSignal.timeout(10_000));
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 200 && !(await condition()); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(await condition()).toBe(true);
}
const says = (text: string): Promise<void> =>
  until(async () => (await processes.tail(name, 'engine', 50)).some((line) => line.includes(text)));

describe('an owned process', () => {
  it('leaves its exit code and its last words', async () => {
    await start('console.error("\\u001b[31mout of memory\\u0007\\u001b[0m"); process.exit(3)');
    expect(await exit()).toMatchObject({ code: 3, signal: null });
    expect(await processes.tail(name, 'engine', 5)).toEqual(['out of memory']);
  });

  it('leaves every state of a progress bar as a line of its own, and what was written after it', async () => {
    await start('process.stderr.write("10 %\\r20 %\\rfailed\\r\\n")');
    await exit();
    expect(await processes.tail(name, 'engine', 5)).toEqual(['10 %', '20 %', 'failed']);
  });

  it('is adopted, not started twice, by whoever comes next', async () => {
    await start('console.log("up"); setInterval(() => {}, 1000)');
    await says('up');
    await new OwnedProcesses(dir).start({ name, kind: 'engine', owner, port: null, env: {}, command: ['/bin/false'] });
    expect(await processes.status(name, 'engine')).toBe('running');
    expect(await findMarked(`${name}.engine`)).toHaveLength(2);
    expect(await processes.list()).toMatchObject([{ name, owner }]);
  });

  it('is not taken for started where its launcher could not begin, and starts once it can', async () => {
    const obstacle = join(processes.folder(name, 'engine'), 'started.json');
    await mkdir(obstacle, { recursive: true });
    await expect(start('console.log("up")')).rejects.toThrow('could not be started on this host');
    expect(await processes.status(name, 'engine')).toBe('none');
    await rmdir(obstacle);
    await start('console.log("up")');
    expect(await exit()).toMatchObject({ code: 0 });
  });

  it('is started once by many at once, in several workers, and by one lease', async () => {
    const starters = [processes, new OwnedProcesses(dir), new OwnedProcesses(dir)];
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        (starters[i % 3] ?? processes).start({
          ...{ name, kind: 'engine', owner, port: 1000 + i, env: {} },
          command: [process.execPath, '-e', `console.log("up ${1000 + i}"); setInterval(() => {}, 1000)`],
        })
      )
    );
    const { port } = (await processes.lease(name, 'engine')) ?? {};
    await says(`up ${port}`);
    // The launchers that came too late end by themselves.
    await until(async () => (await findMarked(`${name}.engine`)).length === 2);
    expect(await processes.tail(name, 'engine', 50)).toEqual([`up ${port}`]);
    expect(await processes.ageMs(name, 'engine')).toBeGreaterThan(0);
  });

  it('is seen to be gone when it is killed together with its launcher', async () => {
    await start('console.log("up"); setInterval(() => {}, 1000)');
    await says('up');
    const waiting = exit();
    for (const pid of await findMarked(`${name}.engine`)) process.kill(pid, 'SIGKILL');
    // The launcher may still manage to write the signal down.
    expect(['vanished', { code: null, signal: 'SIGKILL' }]).toContainEqual(await waiting);
  });

  it('is taken down with descendants in sessions of their own that ignore SIGTERM', async () => {
    await start(`
      const { spawn } = require('node:child_process');
      const child = 'process.on("SIGTERM", () => {}); console.log("child up"); setInterval(() => {}, 1000)';
      spawn(process.execPath, ['-e', child], { detached: true, stdio: 'inherit' }).unref();
      setTimeout(() => process.exit(0), 300);
    `);
    await says('child up');
    await processes.remove(name, 'engine');
    expect(await findMarked(`${name}.engine`)).toEqual([]);
    await expect(stat(processes.folder(name, 'engine'))).rejects.toThrow('ENOENT');
    await processes.remove(name, 'engine');
  }, 20_000);

  it('never touches a process with a similar marker', async () => {
    decoy = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      env: { ...process.env, [MARKER]: `${name}.engine2`, OTHER: `${MARKER}=${name}.engine` },
    });
    await start('console.log("up"); setInterval(() => {}, 1000)');
    await says('up');
    await processes.remove(name, 'engine');
    expect(await startTimeOf(decoy.pid as number)).not.toBeNull();
  });

  it('tells that the command does not exist', async () => {
    await start('', { command: ['/no/such/engine'] });
    expect(await exit()).toMatchObject({ code: 127, signal: null });
    expect((await processes.tail(name, 'engine', 5)).join()).toContain('ENOENT');
  });
});
