import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

/** A lock that is held. */
export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes a lock on a role of one state folder, or returns null while another process of this machine has it. It is the name of an
 * abstract socket (unix(7)): the kernel lets go of it when its holder dies, however it dies, so that there is no stale lock.
 * @param role what the lock is for, such as `host` or `temporal`.
 */
export function tryLock(stateDir: string, role: string): Promise<Lock | null> {
  const hash = createHash('sha256').update(resolve(stateDir)).digest('hex').slice(0, 16);
  const server = createServer((socket) => socket.destroy());
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(null) : fail(error)));
    server.listen({ path: `\0autotuner-${role}-${hash}` }, () => {
      server.unref();
      done({ release: () => new Promise((released) => server.close(() => released())) });
    });
  });
}
