/** The calls of Docker's API that the tuner needs: bounded in time, errors with their meaning, nothing secret in a URL. */
import Docker from 'dockerode';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { pack } from 'tar-stream';
import { z } from 'zod';
import { readContainer, readListed, type Container, type ListedContainer } from './container.js';
import { DockerError, statusOf, toDockerError } from './docker-errors.js';
import type { DockerHost } from './docker-host.js';

/** A daemon that is busy with a large image takes seconds; one that hangs takes for ever. */
const ANSWER_WITHIN_MS = 60_000;

const processesSchema = z.object({ Titles: z.array(z.string()), Processes: z.array(z.array(z.string())).nullish() });

/** What a container is made from: the body of `POST /containers/create`. */
export type ContainerSpec = Omit<Docker.ContainerCreateOptions, 'name' | 'abortSignal' | 'authconfig' | '_query'>;

export interface DaemonInfo {
  readonly version: string;
  /** Podman's API is Docker's but for a few details. */
  readonly podman: boolean;
  readonly processors: number;
  readonly memoryBytes: number;
}

/** One that was made, and no other that has got its name since. */
export interface CreatedContainer {
  readonly name: string;
  readonly id: string;
}

export class DockerClient {
  readonly api: Docker;

  constructor(readonly host: DockerHost) {
    this.api = new Docker(host.connection);
  }

  /**
   * One call, which ends in time whatever the daemon does.
   * @param what for the message of an error, such as `start the container x`.
   * @throws TunerError, DockerError; the reason of `signal`.
   */
  async call<T>(
    what: string,
    work: (signal: AbortSignal) => Promise<T>,
    {
      signal,
      limitMs = ANSWER_WITHIN_MS,
    }: { readonly signal?: AbortSignal | undefined; readonly limitMs?: number } = {}
  ): Promise<T> {
    signal?.throwIfAborted();
    const ended = new AbortController();
    const limit = sleep(limitMs, null, { signal: ended.signal, ref: false }).then(() => {
      throw new DockerError(`cannot ${what}: the Docker daemon does not answer within ${limitMs / 1000} s`, null);
    });
    limit.catch(() => undefined);
    const stop = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]);
    const working = work(stop);
    working.catch(() => undefined);
    try {
      return await Promise.race([working, limit]);
    } catch (error) {
      signal?.throwIfAborted();
      throw toDockerError(what, error);
    } finally {
      // A stream goes on after its call: it has a signal of its own.
      ended.abort();
    }
  }

  /** Null when there is none of this name. */
  async inspect(name: string, signal?: AbortSignal): Promise<Container | null> {
    const work = (abortSignal: AbortSignal): Promise<unknown> => this.api.getContainer(name).inspect({ abortSignal });
    return unlessMissing(
      this.call(`look at the container ${name}`, async (stop) => readContainer(await work(stop)), { signal })
    );
  }

  /** Containers with this label, also those that have ended. */
  list(label: string): Promise<ListedContainer[]> {
    const filters = JSON.stringify({ label: [label] });
    return this.call('list the containers', async (abortSignal) =>
      readListed(await this.api.listContainers({ all: true, filters, abortSignal }))
    );
  }

  /** @throws DockerError with status 409 when the name is taken. */
  create(name: string, spec: ContainerSpec, signal?: AbortSignal): Promise<CreatedContainer> {
    // Without these two, all of it becomes part of the URL, variables with secrets too.
    const options = (abortSignal: AbortSignal): Docker.ContainerCreateOptions =>
      ({ _query: { name }, _body: spec, abortSignal }) as Docker.ContainerCreateOptions;
    return this.call(
      `create the container ${name}`,
      async (stop) => ({ name, id: (await this.api.createContainer(options(stop))).id }),
      { signal }
    );
  }

  /** Nothing to do is a success. */
  start({ name, id }: CreatedContainer, signal?: AbortSignal): Promise<void> {
    return this.call(
      `start the container ${name}`,
      (abortSignal) => unlessStatus([304], this.api.getContainer(id).start({ abortSignal })),
      { signal }
    );
  }

  /** SIGTERM, and SIGKILL after the grace time. Nothing to do is a success. */
  stop(name: string, graceSeconds: number): Promise<void> {
    return this.call(
      `stop the container ${name}`,
      (abortSignal) => unlessStatus([304, 404], this.api.getContainer(name).stop({ t: graceSeconds, abortSignal })),
      { limitMs: ANSWER_WITHIN_MS + graceSeconds * 1000 }
    );
  }

  /** Removes it with its anonymous volumes, running or not. Nothing to do is a success, and so is a removal under way. */
  remove(name: string): Promise<void> {
    return this.call(`remove the container ${name}`, (abortSignal) =>
      unlessStatus([404, 409], this.api.getContainer(name).remove({ force: true, v: true, abortSignal }))
    );
  }

  /** Pids on the daemon's machine; none when it does not run. */
  async processesOf(name: string): Promise<number[]> {
    const answer: unknown = await this.call(`list the processes of ${name}`, (abortSignal) =>
      // ps on the daemon's machine; Podman has a ps of its own, with the same column.
      this.api.getContainer(name).top({ ps_args: '-eo pid', abortSignal })
    ).catch(() => null);
    const { data } = processesSchema.safeParse(answer);
    const column = data?.Titles.findIndex((title) => /^H?PID$/i.test(title)) ?? -1;
    const pids = (data?.Processes ?? []).map((row) => Number(row[column]));
    return pids.filter((pid) => Number.isSafeInteger(pid) && pid > 1);
  }

  /** Puts a file into a container that does not run yet; folders on the way are made. */
  async putFile({ name, id }: CreatedContainer, path: string, content: string): Promise<void> {
    const archive = pack();
    // Nobody but the engine is in there, and it may run as any user.
    archive.entry({ name: path.replace(/^\//, ''), mode: 0o444 }, content);
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
    await this.call(`put a file into the container ${name}`, (abortSignal) =>
      this.api.getContainer(id).putArchive(Buffer.concat(chunks), { path: '/', abortSignal })
    );
  }

  /** Null when the daemon does not have it. */
  image(name: string): Promise<{ readonly id: string; readonly digests: readonly string[] } | null> {
    return unlessMissing(
      this.call(`look at the image ${name}`, async (abortSignal) => {
        const { Id: id, RepoDigests } = await this.api.getImage(name).inspect({ abortSignal } as object);
        return { id, digests: RepoDigests ?? [] };
      })
    );
  }

  async info(): Promise<DaemonInfo> {
    const [version, info] = await Promise.all([
      this.call('ask for the version', () => this.api.version()),
      this.call('ask for the machine', () => this.api.info() as Promise<unknown>),
    ]);
    const components = (version as { Components?: readonly { Name?: string }[] }).Components ?? [];
    const { NCPU, MemTotal } = info as { NCPU?: unknown; MemTotal?: unknown };
    return {
      version: String(version.Version),
      podman: components.some(({ Name = '' }) => /podman/i.test(Name)),
      processors: typeof NCPU === 'number' ? NCPU : 0,
      memoryBytes: typeof MemTotal === 'number' ? MemTotal : 0,
    };
  }

  /** A call whose answer is a stream, which lives until `signal` fires. */
  stream(
    what: string,
    request: { readonly path: string; readonly query: object },
    signal: AbortSignal
  ): Promise<IncomingMessage> {
    const options = {
      path: `${request.path}?`,
      method: 'GET',
      isStream: true,
      abortSignal: signal,
      options: request.query,
      statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
    };
    return this.call(
      what,
      () =>
        new Promise<IncomingMessage>((done, fail) =>
          this.api.modem.dial(options, (error: Error | null, stream: unknown) =>
            error ? fail(error) : done(stream as IncomingMessage)
          )
        ),
      { signal }
    );
  }
}

async function unlessMissing<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 404 || statusOf((error as Error).cause) === 404) return null;
    throw error;
  }
}

async function unlessStatus(expected: readonly number[], call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!expected.includes(statusOf(error) ?? 0)) throw error;
  }
}
