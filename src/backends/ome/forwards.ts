/**
 * The way from this host to an engine in the cluster: a detached process per experiment, so that it outlives the worker as the
 * benchmark does that measures through it.
 */
import { randomBytes } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { PROJECT_ROOT } from '../../platform/environment.js';
import type { OwnedProcesses } from '../../platform/owned-process.js';
import { findFreePort, listenersOf } from '../../platform/ports.js';
import { Turns } from '../../platform/turns.js';
import type { Disturbance, Owner } from '../types.js';

export interface ForwardRequest {
  readonly name: string;
  readonly namespace: string;
  readonly owner: Owner;
  /** The engine's port in its pod. */
  readonly port: number;
}

const LISTENS_WITHIN_MS = 20_000;

const disturbanceSchema = z.object({ atMs: z.number(), untilMs: z.number().optional(), reason: z.string() });

/** One a line. A line that was cut off by a full disk or a kill is left out: it must not cost a benchmark that has ended well. */
export function parseDisturbances(text: string): Disturbance[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [disturbanceSchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

export class Forwards {
  private readonly turns = new Turns();

  constructor(private readonly processes: OwnedProcesses) {}

  /** As `start`, and waits until it listens. @throws Error when it does not in time. */
  async open(request: ForwardRequest): Promise<number> {
    return this.untilListening(request.name, await this.start(request));
  }

  /**
   * Makes sure that it is started, and starts it again on the same local port if it has died. Its start takes as long as that of a small
   * engine, so it is begun together with the engine.
   * @returns the local port.
   */
  async start(request: ForwardRequest): Promise<number> {
    return this.turns.take(
      request.name,
      async () => (await this.restart(request.name)) ?? (await this.startAnew(request))
    );
  }

  /** Starts it again on the same local port if it was started and has died since. */
  async mend(name: string): Promise<void> {
    await this.turns.take(name, () => this.restart(name));
  }

  /** When and why the way was broken, the oldest first. */
  async disturbances(name: string): Promise<Disturbance[]> {
    return parseDisturbances(await readFile(this.disturbanceFile(name), 'utf8').catch(() => ''));
  }

  async close(name: string): Promise<void> {
    await this.turns.take(name, () => this.processes.remove(name, 'forward'));
  }

  private async startAnew({ name, namespace, owner, port }: ForwardRequest): Promise<number> {
    const taken = (await this.processes.list()).flatMap((other) => other.port ?? []);
    const localPort = await findFreePort(new Set(taken), randomBytes(2).readUInt16BE());
    await this.processes.start({
      name,
      kind: 'forward',
      owner,
      port: localPort,
      env: {},
      command: [
        process.execPath,
        join(PROJECT_ROOT, 'dist', 'backends', 'ome', 'forward-main.js'),
        ...[namespace, name, String(port), String(localPort), this.disturbanceFile(name)],
      ],
    });
    return localPort;
  }

  /** @returns the local port of the one that runs by then; null when none was started. */
  private async restart(name: string): Promise<number | null> {
    const lease = await this.processes.lease(name, 'forward');
    if (!lease?.port) return null;
    const status = await this.processes.status(name, 'forward');
    if (status === 'running') return lease.port;
    if (status !== 'none') {
      // Since when nobody listened is not known of one that vanished with its launcher.
      const [atMs, how] = status === 'vanished' ? [lease.createdAtMs, ''] : [status.atMs, status.signal ?? status.code];
      const reason = `the port-forward itself ended ${how}`.trim();
      await this.report(name, { atMs: atMs ?? lease.createdAtMs, untilMs: Date.now(), reason });
      await this.processes.forgetEnd(name, 'forward');
    }
    await this.processes.start({ ...lease, kind: 'forward', env: {} });
    return lease.port;
  }

  private async report(name: string, disturbance: Disturbance): Promise<void> {
    await appendFile(this.disturbanceFile(name), `${JSON.stringify(disturbance)}\n`);
  }

  private disturbanceFile(name: string): string {
    return join(this.processes.folder(name, 'forward'), 'disturbances.jsonl');
  }

  private async untilListening(name: string, localPort: number): Promise<number> {
    const deadline = Date.now() + LISTENS_WITHIN_MS;
    while ((await listenersOf(localPort)).length === 0) {
      if (Date.now() > deadline || typeof (await this.processes.status(name, 'forward')) === 'object') {
        const lines = await this.processes.tail(name, 'forward', 5);
        throw new Error(`the port-forward of ${name} does not listen on ${localPort}: ${lines.join(' ')}`);
      }
      await sleep(50);
    }
    return localPort;
  }
}
