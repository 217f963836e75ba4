import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { TunerError } from '../../domain/failures.js';
import { unpackJson } from './read-results.js';

let dir: string;
let archive: Buffer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'unpack-'));
  const packing = pack();
  for (const name of ['x/a.json', '../../climbs.json', '/etc/absolute.json', 'x/run.sh', 'x/...json'])
    packing.entry({ name }, '{}');
  packing.entry({ name: 'x/link.json', type: 'symlink', linkname: '/etc/passwd' });
  packing.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packing) chunks.push(chunk as Buffer);
  archive = Buffer.concat(chunks);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe('an archive of result files', () => {
  it('gives JSON files of this one folder, and nothing else', async () => {
    await unpackJson(archive, dir);
    expect((await readdir(dir)).sort()).toEqual(['...json', 'a.json', 'absolute.json', 'climbs.json']);
  });

  it('is read or refused, whatever it holds', async () => {
    const damage = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }).map((content) => Buffer.from(content)),
      fc.nat(archive.length).map((length) => archive.subarray(0, length)),
      damage.map((changes) => {
        const copy = Buffer.from(archive);
        for (const [at, byte] of changes) copy[at] = byte;
        return copy;
      })
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const failed = await unpackJson(content, dir).catch((error: unknown) => error);
        expect(failed === undefined || failed instanceof TunerError).toBe(true);
      })
    );
  });
});
