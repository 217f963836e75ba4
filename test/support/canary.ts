/** Looking for secrets where none may be. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

/** A value as it would be found in bytes: itself, and as Base64 within something longer. */
function formsOf(value: string): string[] {
  const encoded = [0, 1, 2].map((shift) => Buffer.from(' '.repeat(shift) + value).toString('base64'));
  return [value, encodeURIComponent(value), ...encoded.map((text) => text.slice(4, -4))];
}

/** Which of the values stand in some bytes. */
export function foundIn(bytes: Uint8Array | string, values: readonly string[]): string[] {
  const text = Buffer.from(bytes as Uint8Array).toString('latin1');
  return values.filter((value) => formsOf(value).some((form) => text.includes(Buffer.from(form).toString('latin1'))));
}

/** The files under a folder in which one of the values stands, each with what was found. */
export async function foundUnder(dir: string, values: readonly string[]): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    // One of a running server may be gone meanwhile.
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    found.push(...foundIn(bytes, values).map((value) => `${path}: ${value}`));
  }
  return found;
}

/** Every workflow's history as the server stores it, by workflow and run. */
export async function rawHistories(client: Client): Promise<Map<string, Uint8Array>> {
  const histories = new Map<string, Uint8Array>();
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.set(`${workflowId} ${runId}`, proto.temporal.api.history.v1.History.encode(history).finish());
  }
  return histories;
}

/** Collects the command lines of all processes of this machine until it is stopped. */
export class CommandLines {
  readonly seen = new Set<string>();
  private stopped = false;
  private readonly running = this.sample();

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async sample(): Promise<void> {
    while (!this.stopped) {
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
      const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
      for (const line of lines) this.seen.add(line.replaceAll('\0', ' '));
      await sleep(50);
    }
  }
}
