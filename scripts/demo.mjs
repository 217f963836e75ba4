#!/usr/bin/env node
/**
 * Installs what is missing and tunes a small model on this machine, with a Temporal server of its own. Arguments are
 * passed on to `autotuner run`.
 */
import { runInForeground } from './lib/child.mjs';
import { inProject, projectDir } from './lib/paths.mjs';
import { printError, setup } from './setup.mjs';

const STEPS = ['npm', 'build', 'engine', 'temporal', 'model', 'genai-bench'];
const COMMAND = [inProject('dist', 'cli', 'main.js'), 'run', 'examples/local_task.json', '--dev'];

try {
  await setup({ steps: STEPS });
  const args = [...COMMAND, ...process.argv.slice(2)];
  process.exitCode = await runInForeground(process.execPath, args, { cwd: projectDir });
} catch (error) {
  printError(error);
  process.exitCode = 1;
}
