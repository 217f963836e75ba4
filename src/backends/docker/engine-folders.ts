/** What this worker keeps of each engine in a container: whose it is, since when, and the key that was made for it alone. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { Leftover } from '../../platform/leftovers.js';
import { uptimeMs } from '../../platform/uptime.js';
import { writeOnce } from '../../platform/write-once.js';
import type { Owner } from '../types.js';

const leaseSchema = z.object({
  name: z.string(),
  owner: z.object({ workflowId: z.string(), runId: z.string(), taskName: z.string(), experimentId: z.int() }),
  createdAtMs: z.number(),
  startedAtUptimeMs: z.number(),
});
export type EngineLease = z.output<typeof leaseSchema>;

export class EngineFolders {
  constructor(private readonly root: string) {}

  keyFile(name: string): string {
    return join(this.root, name, 'api-key');
  }

  /** Written by the engine itself, so that it may hold secrets. */
  logFile(name: string): string {
    return join(this.root, name, 'output.log');
  }

  /** Makes the folder and the key before anything else: whatever happens after it, the reaper knows whose the rest is. */
  async open(name: string, owner: Owner): Promise<{ readonly apiKey: string }> {
    await mkdir(join(this.root, name), { recursive: true, mode: 0o700 });
    const { workflowId, runId, taskName, experimentId } = owner;
    const lease: EngineLease = {
      name,
      owner: { workflowId, runId, taskName, experimentId },
      createdAtMs: Date.now(),
      startedAtUptimeMs: uptimeMs(),
    };
    await writeFileAtomic(join(this.root, name, 'lease.json'), JSON.stringify(lease));
    // Another try of the same start may have given its container a key already.
    await writeOnce(this.keyFile(name), randomBytes(24).toString('hex'));
    return { apiKey: await this.key(name) };
  }

  /** Null when there is none that can be read. */
  async lease(name: string): Promise<EngineLease | null> {
    try {
      const lease = leaseSchema.parse(JSON.parse(await readFile(join(this.root, name, 'lease.json'), 'utf8')));
      return lease.name === name ? lease : null;
    } catch {
      return null;
    }
  }

  /** Empty when there is none. */
  key(name: string): Promise<string> {
    return readFile(this.keyFile(name), 'utf8').catch(() => '');
  }

  async list(): Promise<EngineLease[]> {
    const leases = await Promise.all((await this.names()).map((name) => this.lease(name)));
    return leases.filter((lease) => lease !== null);
  }

  /** Nothing to do is a success. */
  remove(name: string): Promise<void> {
    return rm(join(this.root, name), { recursive: true, force: true });
  }

  /** Folders of a worker that was killed before it could write whose they are. */
  async leftovers(): Promise<Leftover[]> {
    const found: Leftover[] = [];
    for (const name of await this.names()) {
      if (await this.lease(name)) continue;
      const path = join(this.root, name);
      const info = await stat(path).catch(() => null);
      if (info) found.push({ path, changedAtMs: info.mtimeMs, pids: [] });
    }
    return found;
  }

  private async names(): Promise<string[]> {
    const entries = await readdir(this.root, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory() && /^[a-z0-9-]+$/.test(entry.name)).map(({ name }) => name);
  }
}
