/** Tools that few tasks need are installed when the first one asks for them. */
import { join } from 'node:path';
import { execa } from 'execa';
import { parseTask } from '../../domain/task/parse-task.js';
import { findTool, PROJECT_ROOT } from '../../platform/environment.js';

/**
 * Installs aiperf where a task on this machine needs it and there is none; its progress goes to standard error. A task that cannot be
 * read is told elsewhere.
 * @throws Error when that fails.
 */
export async function ensureRunner(file: unknown, say: (line: string) => void): Promise<void> {
  const parsed = parseTask(file);
  if (!('task' in parsed) || parsed.task.benchmark.runner !== 'aiperf' || findTool('aiperf')) return;
  say('this task needs the load generator aiperf, which is installed now, once');
  const setup = join(PROJECT_ROOT, 'scripts', 'setup.mjs');
  const { exitCode } = await execa(process.execPath, [setup, '--only', 'aiperf'], {
    stdio: ['ignore', process.stderr, process.stderr],
    reject: false,
  });
  if (exitCode !== 0) throw new Error('aiperf could not be installed; the messages above say why');
}
