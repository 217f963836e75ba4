import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';

it('lets a command stop in order when the signal comes while a file is being written', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'signals-'));
  const program = `
    import { untilSignalled } from ${JSON.stringify(pathToFileURL('dist/cli/lib/until-signalled.js').href)};
    import writeFileAtomic from 'write-file-atomic';
    const signalled = untilSignalled();
    let stopping = false;
    const writing = (async () => {
      while (!stopping) await writeFileAtomic(${JSON.stringify(join(dir, 'file'))}, 'x'.repeat(1e6));
    })();
    const alive = setInterval(() => undefined, 1000);
    console.log('ready');
    await signalled;
    stopping = true;
    await writing;
    clearInterval(alive);
  `;
  try {
    for (let i = 0; i < 5; i++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
