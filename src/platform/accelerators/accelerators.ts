import { setTimeout as sleep } from 'node:timers/promises';
import type { Leak } from '../../domain/tuning/experiment.js';
import { TunerError } from '../../domain/failures.js';
import { DeviceBook, type DeviceEntry } from './device-book.js';
import { aloneOnDevices, DEVICES, devicesInUse, type DeviceUser } from './device-use.js';
import type { Device, NvidiaSmi } from './nvidia-smi.js';
import { describeDevices } from './describe-devices.js';
import { shareOut, visibleDevices } from './shares.js';

export interface AcceleratorsOptions {
  /** Null where there is none: then nothing is watched, and engines use what they find. */
  readonly smi: Pick<NvidiaSmi, 'devices' | 'holders'> | null;
  readonly stateDir: string;
  readonly places: number;
  /** How long a device may take to give its memory back. */
  readonly waitMs: number;
  /** The place that an experiment's attempt holds. */
  readonly placeOf: (name: string) => number | undefined;
  /** Told when a device is set aside or taken back: another number of places may be offered now. */
  readonly onChange: () => void;
  readonly say: (line: string) => void;
  /** Of this process. */
  readonly cudaVisibleDevices?: string | undefined;
  /** Which devices the engines of this machine use; default: as their environments say. */
  readonly inUse?: typeof devicesInUse;
}

/** An engine that asks for devices. */
export interface DevicesRequest {
  /** The experiment's attempt, which holds a place. */
  readonly name: string;
  readonly needed: number | null;
  /** Numbers or UUIDs of the only ones that it may have; default: whichever are free. */
  readonly only?: readonly string[] | undefined;
  /** How long it may wait. */
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 500;
const RECHECK_MS = 5000;
/** The tear-down of an experiment, in which it waits, has 300 s. */
const MOST_WAIT_MS = 200_000;
/**
 * The accelerators of this host. An engine starts on devices only whose memory is back to what was in use before any engine of ours;
 * a device that does not come back is set aside, reported, and taken back once it is clear again.
 */
export class Accelerators {
  private devices: Device[] = [];
  private shares: Device[][] = [];
  private book: DeviceBook | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: AcceleratorsOptions) {}

  /** Looks at the devices when the host begins to serve. @param engineAlive whether an engine of ours runs on any of them. */
  async begin(engineAlive: boolean): Promise<void> {
    const { smi, stateDir, places, say, onChange, cudaVisibleDevices } = this.options;
    if (!smi) return;
    try {
      this.devices = visibleDevices(await smi.devices(), cudaVisibleDevices);
    } catch (error) {
      return say(`the accelerators are not watched: ${(error as Error).message}`);
    }
    this.shares = shareOut(this.devices, places);
    this.book = await DeviceBook.open(stateDir);
    if (this.devices.length > 0 && places > this.devices.length)
      say(`this machine has ${this.devices.length} accelerators: only as many of the ${places} places are offered`);
    const used = await this.inUse();
    if (!engineAlive)
      for (const device of this.devices) if (!used.has(device.uuid)) await this.book.noteBaseline(device);
    await this.recheck();
    onChange();
  }

  /** Whether a place may be offered: it has a device that is not set aside, or there are no devices here at all. */
  isUsable(place: number): boolean {
    return this.devices.length === 0 || this.clearOf(place).length > 0;
  }

  /**
   * Starts an engine on the devices of its experiment's place. Waits until they are clear, and until no engine of another worker uses
   * them; those whose memory does not come back are set aside.
   * @param needed how many devices the engine needs, where that is known.
   * @param start is given environment variables: those that keep the engine to its devices, where they are not all, and one that tells
   *   every worker of this machine which they are. No other worker starts one meanwhile.
   * @throws TunerError ACCELERATOR_BUSY when too few are left; the signal's reason; what `start` throws.
   */
  async startOn<T>(
    { name, needed, only, limitMs, signal }: DevicesRequest,
    start: (variables: Record<string, string>) => Promise<T>
  ): Promise<T> {
    if (this.devices.length === 0) return start({});
    const deadline = Date.now() + Math.min(limitMs, this.options.waitMs);
    const place = this.options.placeOf(name) ?? 0;
    // More than the place ever had is the combination's own fault, and the engine's to say; those that are named are meant, all of them.
    const most = only ? only.length : (this.shares[place]?.length ?? 0);
    const enough = Math.max(1, Math.min(needed ?? 1, most));
    for (;;) {
      await this.untilClear(name, Math.max(0, deadline - Date.now()), signal);
      const started = await aloneOnDevices(async () => {
        const used = await this.inUse();
        const asked = this.clearOf(place).filter(
          ({ index, uuid }) => !only || only.some((id) => id === `${index}` || id === uuid)
        );
        const free = asked.filter(({ uuid }) => !used.has(uuid));
        if (free.length >= enough) return { value: await start(this.variablesFor(await this.unheld(free, enough))) };
        if (asked.length >= enough && Date.now() < deadline) return null;
        const why = this.reasons(place, used).join('; ') || noneOf(only);
        throw new TunerError('ACCELERATOR_BUSY', why);
      }, signal);
      if (started) return started.value;
      await sleep(POLL_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
    }
  }

  /** Leaves out those on which others compute, as long as enough are left; else they are shared, as they were before. */
  private async unheld(free: readonly Device[], enough: number): Promise<readonly Device[]> {
    const holders = (await this.options.smi?.holders().catch(() => [])) ?? [];
    const pidsOn = ({ uuid }: Device): number[] => holders.filter((item) => item.uuid === uuid).map(({ pid }) => pid);
    const idle = free.filter((device) => pidsOn(device).length === 0);
    if (idle.length < enough) return free;
    for (const device of free.filter((item) => !idle.includes(item)))
      this.options.say(`${nameOf(device)} is left out: process ${pidsOn(device).join(', ')} computes there`);
    return idle;
  }

  private variablesFor(devices: readonly Device[]): Record<string, string> {
    const uuids = devices.map(({ uuid }) => uuid).join(',');
    return { [DEVICES]: uuids, ...(devices.length === this.devices.length ? {} : { CUDA_VISIBLE_DEVICES: uuids }) };
  }

  private inUse(): Promise<ReadonlyMap<string, DeviceUser>> {
    return (this.options.inUse ?? devicesInUse)();
  }

  /** Waits until the devices of an experiment's place are clear. @returns those that are not, which are set aside now. */
  settle(name: string, signal?: AbortSignal): Promise<Leak[]> {
    return this.untilClear(name, Math.min(MOST_WAIT_MS, this.options.waitMs), signal);
  }

  /** What an experiment's attempt runs on: `2 x NVIDIA H100 80GB HBM3, 80 GiB`. Empty where nothing is watched. */
  describe(name: string): string {
    return describeDevices(this.clearOf(this.options.placeOf(name) ?? 0));
  }

  private async untilClear(name: string, limitMs: number, signal: AbortSignal | undefined): Promise<Leak[]> {
    const place = this.options.placeOf(name);
    const deadline = Date.now() + limitMs;
    let busy = place === undefined ? [] : this.clearOf(place);
    while (busy.length > 0) {
      signal?.throwIfAborted();
      const now = await this.read();
      // What another engine runs on is not for this one to wait for, nor to complain of.
      const used = await this.inUse();
      busy = await this.stillBusy(
        busy.filter(({ uuid }) => !used.has(uuid)),
        now
      );
      if (busy.length === 0) break;
      if (Date.now() >= deadline) return this.setAside(busy, now, limitMs);
      await sleep(POLL_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
    }
    return [];
  }

  /** Takes back what is clear again. */
  async recheck(): Promise<void> {
    const aside = this.devices.filter(({ uuid }) => this.entry(uuid)?.setAside);
    const now = aside.length > 0 ? await this.read() : new Map<string, Device>();
    const busy = await this.stillBusy(aside, now);
    for (const device of aside.filter((one) => !busy.includes(one))) {
      await this.book?.setAside(device.uuid, null);
      this.options.say(`${nameOf(device)} is clear again and used again`);
    }
    if (busy.length < aside.length) this.options.onChange();
    this.watch(busy.length > 0);
  }

  /** Looks no more. */
  close(): void {
    this.watch(false);
  }

  private async setAside(busy: Device[], now: ReadonlyMap<string, Device>, waitedMs: number): Promise<Leak[]> {
    const holders = (await this.options.smi?.holders().catch(() => [])) ?? [];
    const leaks: Leak[] = [];
    for (const device of busy) {
      const baselineMiB = this.entry(device.uuid)?.baselineMiB ?? 0;
      const pids = holders.filter(({ uuid }) => uuid === device.uuid).map(({ pid }) => pid);
      const used = now.get(device.uuid)?.usedMiB;
      const reason = [
        used === undefined ? 'nvidia-smi does not show it' : `${used} MiB in use, ${baselineMiB} MiB before any engine`,
        `waited ${waitedMs / 1000} s`,
        pids.length > 0 ? `held by process ${pids.join(', ')}` : 'held by no process that nvidia-smi shows',
      ].join('; ');
      await this.book?.setAside(device.uuid, reason);
      this.options.say(`${nameOf(device)} is set aside: ${reason}`);
      const { index, uuid } = device;
      leaks.push({ kind: 'accelerator', name: `${index} (${uuid})`, reason, command: `nvidia-smi --id=${uuid}` });
    }
    this.options.onChange();
    this.watch(true);
    return leaks;
  }

  /** Looks again and again while a device is set aside. */
  private watch(on: boolean): void {
    if (!on && this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    } else if (on && !this.timer) {
      let looking = false;
      this.timer = setInterval(() => {
        // A driver that hangs takes longer than the interval.
        if (looking) return;
        looking = true;
        void this.recheck()
          .catch(() => undefined)
          .finally(() => (looking = false));
      }, RECHECK_MS).unref();
    }
  }

  private clearOf(place: number): Device[] {
    return (this.shares[place] ?? []).filter(({ uuid }) => !this.entry(uuid)?.setAside);
  }

  private async stillBusy(devices: readonly Device[], now: ReadonlyMap<string, Device>): Promise<Device[]> {
    const busy: Device[] = [];
    for (const device of devices) if (!(await this.book?.isClear(now.get(device.uuid)))) busy.push(device);
    return busy;
  }

  /** By UUID; empty when nvidia-smi fails, which is no reason to take a device for clear. */
  private async read(): Promise<ReadonlyMap<string, Device>> {
    const devices = (await this.options.smi?.devices().catch(() => [])) ?? [];
    return new Map(devices.map((device) => [device.uuid, device]));
  }

  private entry(uuid: string): DeviceEntry | null {
    return this.book?.get(uuid) ?? null;
  }

  private reasons(place: number, used: ReadonlyMap<string, DeviceUser>): string[] {
    return (this.shares[place] ?? []).flatMap((device) => {
      const aside = this.entry(device.uuid)?.setAside;
      const user = used.get(device.uuid);
      if (user) return [`${nameOf(device)} is used by ${user.name}${user.pid === null ? '' : `, process ${user.pid}`}`];
      return aside ? [`${nameOf(device)}: ${aside.reason}`] : [];
    });
  }
}

function nameOf({ index, uuid }: Device): string {
  return `accelerator ${index} (${uuid})`;
}

function noneOf(only: readonly string[] | undefined): string {
  return only ? `this place does not have accelerator ${only.join(', ')}` : 'this place has no accelerator';
}
