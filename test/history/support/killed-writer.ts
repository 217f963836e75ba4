import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Place } from './databases.js';

const WRITER = fileURLToPath(new URL('writer.mjs', import.meta.url));

/**
 * Starts a writer, and kills it (SIGKILL) so many milliseconds after it has said a line that begins with `after`.
 * @returns the run ids that it has said to be kept.
 */
export async function killedWriter(
  { folder, url }: Place,
  prefix: string,
  { after, delayMs, onLine }: { readonly after: string; readonly delayMs: number; onLine?: (line: string) => void }
): Promise<string[]> {
  const args = ['--no-warnings', WRITER, folder, prefix, ...(url ? [url] : [])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const kept: string[] = [];
  let killing: Promise<void> | null = null;
  for await (const line of createInterface({ input: child.stdout })) {
    onLine?.(line);
    if (line.startsWith('kept ')) kept.push(line.slice('kept '.length));
    if (line.startsWith(after)) killing ??= sleep(delayMs).then(() => void child.kill('SIGKILL'));
  }
  await ended;
  if (!killing || child.signalCode !== 'SIGKILL') throw new Error(`the writer has ended by itself: ${errors}`);
  return kept;
}
