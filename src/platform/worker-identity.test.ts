import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { startTimeOf } from './process-tree.js';
import { hasEndedHere, workerIdentity } from './worker-identity.js';

describe('a worker of this host has ended', () => {
  it('when its process is gone, and not before', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const identity = `host/${child.pid}.${await startTimeOf(child.pid ?? 0)}`;
    expect(await hasEndedHere(identity, 'host')).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await hasEndedHere(identity, 'host')).toBe(true);
  });

  it('when its pid belongs to another process by now', async () => {
    expect(await hasEndedHere(await workerIdentity('host'), 'host')).toBe(false);
    expect(await hasEndedHere(`host/${process.pid}.1`, 'host')).toBe(true);
  });

  it.each(['', 'host', 'host/', 'host/1', 'host/x.y', 'host/1.2.3', 'host-2/1.1', 'other/1.1', '1@machine'])(
    'never by the name %j, of which nothing can be known',
    async (identity) => {
      expect(await hasEndedHere(identity, 'host')).toBe(false);
    }
  );
});
