/** What stands in for a container image: a local program, chosen by a table that the tests give. */

export interface Mount {
  readonly mountPath: string;
  /** The folder of this machine that is mounted there. */
  readonly localPath: string;
}

/** A container as its program sees it: variables are expanded, names of services are replaced by local addresses. */
export interface ProgramContainer {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The first port that the container declares. */
  readonly port: number | null;
  /** A port of this machine on which nothing listens: for a program that listens. */
  readonly freePort: number;
  readonly workingDir: string | null;
  readonly mounts: readonly Mount[];
}

/** What is started. */
export interface Program {
  readonly command: readonly string[];
  /** Added to the container's variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it listens on 127.0.0.1; the container's port leads there. By default the container's port itself. */
  readonly port?: number;
  /** A SIGKILL or exit code 137 of this program counts as running out of memory. */
  readonly oom?: boolean;
}

export type ImageProgram = (container: ProgramContainer) => Program | Promise<Program>;

/** By image name. An image that is missing cannot be pulled; it may be added later. */
export type Images = Record<string, ImageProgram>;

/** The path on this machine of a path in the container; null when nothing is mounted there. */
export function localPath(mounts: readonly Mount[], path: string): string | null {
  const under = mounts.filter(
    ({ mountPath }) => path === mountPath || path.startsWith(`${mountPath.replace(/\/$/, '')}/`)
  );
  const [closest] = under.sort((a, b) => b.mountPath.length - a.mountPath.length);
  return closest ? closest.localPath + path.slice(closest.mountPath.replace(/\/$/, '').length) : null;
}
