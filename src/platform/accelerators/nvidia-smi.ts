/** What NVIDIA's own tool says of the accelerators of this machine. */
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { findTool } from '../environment.js';

export interface Device {
  /** As nvidia-smi counts. */
  readonly index: number;
  readonly uuid: string;
  /** Null where the driver does not say, as with memory that is shared with the processor. */
  readonly usedMiB: number | null;
  readonly totalMiB: number | null;
  /** `NVIDIA H100 80GB HBM3`; absent where the tool does not say. */
  readonly product?: string;
}

/** A process with memory on a device. */
export interface Holder {
  readonly pid: number;
  readonly uuid: string;
}

const MOST_OUTPUT = 2 ** 20;
/** It goes into an environment variable of the engine, so nothing else is let through. */
const UUID = /^GPU-[\w-]{1,80}$/;

export class NvidiaSmi {
  constructor(
    private readonly path: string,
    private readonly answerWithinMs = 10_000
  ) {}

  /** @throws Error when the tool fails, hangs, or knows no device. */
  async devices(): Promise<Device[]> {
    const devices = parseDevices(await this.query('--query-gpu=index,uuid,memory.used,memory.total,name'));
    if (devices.length === 0) throw new Error('nvidia-smi lists no device');
    return devices;
  }

  async holders(): Promise<Holder[]> {
    return parseHolders(await this.query('--query-compute-apps=pid,gpu_uuid,used_memory'));
  }

  private async query(question: string): Promise<string> {
    const asked = execa(this.path, [question, '--format=csv,noheader,nounits'], {
      stdin: 'ignore',
      timeout: this.answerWithinMs,
      forceKillAfterDelay: 500,
      maxBuffer: MOST_OUTPUT,
    });
    asked.catch(() => undefined);
    // One that hangs in the driver cannot be killed, and must not be waited for.
    const hung = sleep(this.answerWithinMs + 1000, null, { ref: false });
    const answer = await Promise.race([asked, hung]);
    if (!answer) throw new Error(`nvidia-smi does not answer within ${this.answerWithinMs / 1000} s`);
    return answer.stdout;
  }
}

/** The tool, or null where there is none. `NVIDIA_SMI_PATH=none` says that accelerators are not to be watched. */
export function findNvidiaSmi(variables: NodeJS.ProcessEnv = process.env): NvidiaSmi | null {
  if (variables['NVIDIA_SMI_PATH'] === 'none') return null;
  const path = findTool('nvidia-smi', variables);
  return path === null ? null : new NvidiaSmi(path);
}

/** One device a line; what is none is left out. */
export function parseDevices(text: string): Device[] {
  const devices = rows(text).flatMap(([index = '', uuid = '', used, total, product = '']) =>
    UUID.test(uuid) && wholeNumber(index) !== null
      ? [
          {
            index: Number(index),
            uuid,
            usedMiB: wholeNumber(used),
            totalMiB: wholeNumber(total),
            ...(product === '' ? {} : { product: product.slice(0, 100) }),
          },
        ]
      : []
  );
  return devices.sort((a, b) => a.index - b.index);
}

export function parseHolders(text: string): Holder[] {
  return rows(text).flatMap(([pid, uuid = '']) =>
    UUID.test(uuid) && wholeNumber(pid) !== null ? [{ pid: Number(pid), uuid }] : []
  );
}

function rows(text: string): string[][] {
  return text.split(/\r?\n/).map((line) => line.split(',').map((cell) => cell.trim()));
}

/** Null for `[N/A]`, `[Not Supported]`, `ERR!` and whatever else a driver may say. */
function wholeNumber(text: string | undefined): number | null {
  return /^\d{1,9}$/.test(text ?? '') ? Number(text) : null;
}
