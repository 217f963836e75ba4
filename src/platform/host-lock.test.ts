import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { tryLock } from './host-lock.js';

describe('the lock on a state folder', () => {
  it('is held by one at a time, per folder and role', async () => {
    const first = await tryLock('/state/a', 'host');
    expect(first).not.toBeNull();
    expect(await tryLock('/state/a', 'host')).toBeNull();
    expect(await tryLock('/state/a/../a', 'host')).toBeNull();
    const others = [await tryLock('/state/b', 'host'), await tryLock('/state/a', 'temporal')];
    expect(others).not.toContain(null);
    await first?.release();
    const again = await tryLock('/state/a', 'host');
    expect(again).not.toBeNull();
    for (const lock of [again, ...others]) await lock?.release();
  });

  it('is free at once when its holder is killed', async () => {
    const code =
      "const {createHash}=require('crypto');const h=createHash('sha256').update('/state/c').digest('hex').slice(0,16);" +
      "require('net').createServer().listen({path:'\\0autotuner-host-'+h},()=>console.log('held'))";
    const holder = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    expect(await tryLock('/state/c', 'host')).toBeNull();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = await tryLock('/state/c', 'host');
    expect(lock).not.toBeNull();
    await lock?.release();
  });
});
