/** The way to an engine outlives whoever made it, is made again when it dies, and does not forget that it was broken. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OwnedProcesses } from '../../src/platform/owned-process.js';
import { listenersOf } from '../../src/platform/ports.js';
import { Forwards, type ForwardRequest } from '../../src/backends/ome/forwards.js';

/** Nobody is asked before the first connection. */
const KUBECONFIG = {
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'u', user: {} }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'x',
};
const owner = { workflowId: 'tune/x/1', runId: 'r', taskName: 'x', experimentId: 1 };

let dir: string;
let forwards: Forwards;
let request: ForwardRequest;
const before = process.env['KUBECONFIG'];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'forwards-'));
  process.env['KUBECONFIG'] = join(dir, 'kubeconfig');
  await writeFile(process.env['KUBECONFIG'], JSON.stringify(KUBECONFIG));
  forwards = new Forwards(new OwnedProcesses(join(dir, 'leases')));
  request = { name: basename(dir).toLowerCase(), namespace: 'n', owner, port: 8080 };
});
afterEach(async () => {
  await forwards.close(request.name);
  if (before === undefined) delete process.env['KUBECONFIG'];
  else process.env['KUBECONFIG'] = before;
  await rm(dir, { recursive: true, force: true });
});

/** Kills the one that listens, and waits until its launcher has written that down. */
async function kill(port: number): Promise<void> {
  for (const pid of await listenersOf(port)) process.kill(pid, 'SIGKILL');
  const exit = join(dir, 'leases', `${request.name}.forward`, 'exit.json');
  while (!(await readFile(exit, 'utf8').catch(() => null))) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a port-forward that was killed', () => {
  it.each(['mended', 'asked for again'])('listens on its port again when it is %s, and says so', async (how) => {
    const port = await forwards.open(request);
    for (const kills of [1, 2]) {
      const atMs = Date.now();
      await kill(port);
      if (how === 'mended') await forwards.mend(request.name);
      expect(await forwards.open(request)).toBe(port);
      const disturbances = await forwards.disturbances(request.name);
      expect(disturbances).toHaveLength(kills);
      expect(disturbances.at(-1)?.reason).toBe('the port-forward itself ended SIGKILL');
      expect(disturbances.at(-1)?.atMs).toBeGreaterThanOrEqual(atMs);
      expect(disturbances.at(-1)?.untilMs).toBeGreaterThanOrEqual(disturbances.at(-1)?.atMs ?? Infinity);
    }
  });

  it('is started once, however many ask for it at the same time', async () => {
    const port = await forwards.open(request);
    await kill(port);
    await Promise.all([forwards.mend(request.name), forwards.open(request), forwards.mend(request.name)]);
    expect(await listenersOf(port)).toHaveLength(1);
    expect(await forwards.disturbances(request.name)).toHaveLength(1);
  });
});

describe('a port-forward that was closed', () => {
  it('is not made again by whoever mends it late', async () => {
    const port = await forwards.open(request);
    await Promise.all([forwards.close(request.name), forwards.mend(request.name)]);
    await forwards.mend(request.name);
    expect(await listenersOf(port)).toEqual([]);
  });
});
