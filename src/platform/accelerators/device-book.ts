/** What is remembered of each accelerator over restarts of the worker, in one file of the state folder. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { Device } from './nvidia-smi.js';

const entrySchema = z.object({
  /** The least memory in use that was seen with no engine of ours on it. */
  baselineMiB: z.number(),
  setAside: z.object({ sinceMs: z.number(), reason: z.string() }).nullable(),
});
const bookSchema = z.object({ bootId: z.string(), devices: z.record(z.string(), entrySchema) });

/** What a driver may keep for itself, or take later, without anyone using the device. */
const TOLERANCE_MIB = 256;
const TOLERANCE_SHARE = 0.02;

export type DeviceEntry = z.output<typeof entrySchema>;

export class DeviceBook {
  private constructor(
    private readonly stateDir: string,
    private readonly bootId: string,
    private readonly entries: Map<string, DeviceEntry>
  ) {}

  /** A book of an earlier boot is left aside: driver, processes and memory are others now. So is one that cannot be read. */
  static async open(stateDir: string): Promise<DeviceBook> {
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
    try {
      const book = bookSchema.parse(JSON.parse(await readFile(fileIn(stateDir), 'utf8')));
      if (book.bootId === bootId) return new DeviceBook(stateDir, bootId, new Map(Object.entries(book.devices)));
    } catch {
      // There is none yet.
    }
    return new DeviceBook(stateDir, bootId, new Map());
  }

  get(uuid: string): DeviceEntry | null {
    return this.entries.get(uuid) ?? null;
  }

  /** A device that is not listed any more is not clear; one whose memory nobody can tell is given the benefit of the doubt. */
  async isClear(reading: Device | undefined): Promise<boolean> {
    if (!reading) return false;
    if (reading.usedMiB === null) return true;
    const baselineMiB = await this.noteBaseline(reading);
    const tolerance = Math.max(TOLERANCE_MIB, TOLERANCE_SHARE * (reading.totalMiB ?? 0));
    return reading.usedMiB <= baselineMiB + tolerance;
  }

  /** The first reading with no engine of ours is the baseline; a lower one lowers it. */
  async noteBaseline({ uuid, usedMiB }: Device): Promise<number> {
    const entry = this.get(uuid);
    if (usedMiB === null || (entry && entry.baselineMiB <= usedMiB)) return entry?.baselineMiB ?? 0;
    await this.set(uuid, { setAside: entry?.setAside ?? null, baselineMiB: usedMiB });
    return usedMiB;
  }

  /** @param reason null takes it back. */
  async setAside(uuid: string, reason: string | null): Promise<void> {
    const baselineMiB = this.get(uuid)?.baselineMiB ?? 0;
    await this.set(uuid, { baselineMiB, setAside: reason === null ? null : { sinceMs: Date.now(), reason } });
  }

  private async set(uuid: string, entry: DeviceEntry): Promise<void> {
    this.entries.set(uuid, entry);
    await mkdir(this.stateDir, { recursive: true });
    const devices = Object.fromEntries(this.entries);
    await writeFileAtomic(fileIn(this.stateDir), `${JSON.stringify({ bootId: this.bootId, devices }, null, 1)}\n`);
  }
}

function fileIn(stateDir: string): string {
  return join(stateDir, 'accelerators.json');
}
