import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { execa } from 'execa';

export interface DetachedOptions {
  /** Appended to; readable by its owner alone. */
  readonly logFile: string;
  /** Added to this process's environment, or, where undefined, taken from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called when it ends while this process still lives; this process then stays alive as long as it does. */
  readonly onExit?: () => void;
}

/**
 * Starts a process that outlives this one: in a session of its own, so that Ctrl-C does not reach it, and neither ended with nor
 * waited for by this process. There is no shell in between.
 * @returns its pid.
 * @throws Error when it cannot be started.
 */
export async function startDetached(
  file: string,
  args: readonly string[],
  { logFile, env, onExit }: DetachedOptions
): Promise<number> {
  const log = await open(logFile, 'a', 0o600);
  // The types of execa list the first few descriptors only; it passes any number on as it is.
  const fd = log.fd as 3;
  try {
    const child = execa(file, args, {
      detached: true,
      cleanup: false,
      reject: false,
      buffer: false,
      stdin: 'ignore',
      stdout: fd,
      stderr: fd,
      env,
    });
    if (onExit) child.once('exit', onExit);
    if (child.pid === undefined) await once(child, 'spawn');
    // Whoever wants to hear of its end has a reason to live until then.
    if (!onExit) child.unref();
    return child.pid ?? 0;
  } finally {
    await log.close();
  }
}
