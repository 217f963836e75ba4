/** A container as the API describes it; what cannot be read counts as absent. Podman leaves out some of it. */
import { z } from 'zod';

const time = z
  .string()
  .transform((text) => Date.parse(text))
  // A container that was never started was so in the year 1.
  .transform((ms) => (ms > 0 ? ms : null))
  .catch(null);
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .catch(null)
  .transform((map) => map ?? {});
const binding = z.object({ HostPort: z.string() });

const inspectSchema = z.object({
  Id: z.string(),
  Name: z.string().catch(''),
  Image: z.string().catch(''),
  Created: time,
  State: z.object({
    Status: z.string().catch(''),
    Running: z.boolean().catch(false),
    OOMKilled: z.boolean().catch(false),
    ExitCode: z.int().nullable().catch(null),
    Error: z.string().catch(''),
    Pid: z.int().catch(0),
    StartedAt: time,
  }),
  Config: z.object({ Labels: labels, Image: z.string().catch('') }),
  NetworkSettings: z
    .object({
      Ports: z.record(z.string(), z.array(binding).nullish().catch(null)).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch, by the daemon's clock. */
  readonly createdAtMs: number | null;
  readonly startedAtMs: number | null;
  /** `created`, `running`, `paused`, `exited`, `dead`, ... */
  readonly status: string;
  readonly running: boolean;
  readonly oomKilled: boolean;
  readonly exitCode: number | null;
  /** Why it could not be started; empty when it could. */
  readonly error: string;
  /** On the daemon's machine; 0 when it does not run. */
  readonly pid: number;
  /** By `8000/tcp`. */
  readonly hostPorts: Readonly<Record<string, string>>;
}

/** @throws Error when it is no description of a container. */
export function readContainer(value: unknown): Container {
  const { Id, Name, Image, Created, State, Config, NetworkSettings } = inspectSchema.parse(value);
  const ports = Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([port, bindings]) => {
    const hostPort = bindings?.[0]?.HostPort;
    return hostPort ? [[port, hostPort] as const] : [];
  });
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    imageId: Image,
    labels: Config.Labels,
    createdAtMs: Created,
    startedAtMs: State.StartedAt,
    status: State.Status,
    running: State.Running,
    oomKilled: State.OOMKilled,
    exitCode: State.ExitCode,
    error: State.Error,
    pid: State.Pid,
    hostPorts: Object.fromEntries(ports),
  };
}

const listedSchema = z.object({
  Id: z.string(),
  Names: z.array(z.string()).min(1),
  /** Seconds; Podman says it as a text. */
  Created: z.union([z.number(), z.string().transform((text) => Date.parse(text) / 1000)]).catch(0),
  State: z.string().catch(''),
  Labels: labels,
});

/** One line of the list of containers. */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

export function readListed(value: unknown): ListedContainer[] {
  return z
    .array(z.unknown())
    .parse(value)
    .flatMap((item) => {
      const { data } = listedSchema.safeParse(item);
      if (!data) return [];
      const { Id: id, Names, Created, State, Labels } = data;
      const running = ['running', 'paused', 'restarting', 'removing'].includes(State.toLowerCase());
      const name = (Names[0] ?? '').replace(/^\//, '');
      return [{ id, name, createdAtMs: Created * 1000, running, labels: Labels }];
    });
}
