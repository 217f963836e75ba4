import { PassThrough } from 'node:stream';
import { Exec, type KubeConfig, type V1Status } from '@kubernetes/client-node';

export interface PodCommand {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Program and arguments; there is no shell. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
  /** The most that is taken from its standard output. */
  readonly maxBytes: number;
}

/**
 * Runs a program in a pod.
 * @returns its standard output.
 * @throws Error when it fails, takes longer, or writes more.
 */
export async function runInPod(config: KubeConfig, request: PodCommand): Promise<Buffer> {
  const { namespace, pod, container, command, timeoutMs, maxBytes } = request;
  const what = `${command[0]} in pod ${pod}`;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const chunks: Buffer[] = [];
  let bytes = 0;
  let errors = '';
  let close = (): void => undefined;
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} took longer than ${timeoutMs / 1000} s`)), timeoutMs);
      const end = (error?: Error): void => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve(Buffer.concat(chunks));
      };
      stdout.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxBytes) end(new Error(`${what} wrote more than ${maxBytes} bytes`));
        else chunks.push(chunk);
      });
      stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString('utf8')).slice(-1000)));
      const onStatus = (status: V1Status): void =>
        end(
          status.status === 'Success'
            ? undefined
            : new Error(`${what} failed: ${status.message ?? ''} ${errors}`.trim())
        );
      new Exec(config)
        .exec(namespace, pod, container, [...command], stdout, stderr, null, false, onStatus)
        .then((websocket) => {
          close = () => websocket.close();
          websocket.on('close', () => end(new Error(`the connection of ${what} broke`)));
        })
        .catch((error: unknown) => end(error instanceof Error ? error : new Error(`cannot run ${what}`)));
    });
  } finally {
    close();
  }
}
