/**
 * Ports for engines. They are taken from below Linux's ephemeral range (32768 to 60999, ip(7)), so that no outgoing connection can
 * grab one between the look and the engine's bind; afterwards `listenersOf` proves who really listens.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';

const FIRST = 20_000;
const COUNT = 10_000;
const LISTEN = '0A';

/**
 * A port on which nothing listens.
 * @param taken ports that are promised to others.
 * @param start where to begin; two callers with different starts rarely meet.
 */
export async function findFreePort(taken: ReadonlySet<number>, start: number): Promise<number> {
  for (let i = 0; i < COUNT; i++) {
    const port = FIRST + ((start + i) % COUNT);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no port from ${FIRST} to ${FIRST + COUNT - 1} is free`);
}

/** Whether a server could listen on 127.0.0.1 at this port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The pids that listen on a TCP port: from the socket's inode in /proc/net/tcp to the processes that hold it (proc_net(5)). */
export async function listenersOf(port: number): Promise<number[]> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => ''))
  );
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = new Set<string>();
  for (const line of tables.join('\n').split('\n')) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    if (local?.endsWith(suffix) && state === LISTEN && inode) inodes.add(`socket:[${inode}]`);
  }
  if (inodes.size === 0) return [];
  const pids: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const files = await readdir(`/proc/${entry}/fd`).catch(() => []);
    for (const file of files) {
      if (!inodes.has(await readlink(`/proc/${entry}/fd/${file}`).catch(() => ''))) continue;
      pids.push(Number(entry));
      break;
    }
  }
  return pids;
}
