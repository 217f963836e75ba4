/** What must be true of the machine before anything is installed: one line each, with the way out. */
import { mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';

import { SetupError } from './errors.mjs';
import { cacheDir } from './paths.mjs';
import { findPython } from './python.mjs';

const OLDEST_NODE = [20, 19];
const BYTES_PER_MEGABYTE = 1e6;

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new SetupError(`Node ${process.versions.node} is too old. Install Node ${OLDEST_NODE.join('.')} or newer.`);
}

function checkPlatform(steps) {
  const platform = `${process.platform}-${process.arch}`;
  const bound = steps.filter((step) => !['npm', 'build', 'web'].includes(step.name)).map((step) => step.name);
  if (platform === 'linux-x64' || bound.length === 0) return;
  throw new SetupError(
    `Prebuilt tools exist here for Linux x64 only, this is ${platform} (needed for: ${bound.join(', ')}). ` +
      'Set TEMPORAL_CLI_PATH, TEMPORAL_TEST_SERVER_PATH and GENAI_BENCH_PATH to your own, use your own inference ' +
      'server, and run "node scripts/setup.mjs --only npm,build,web".'
  );
}

async function checkDisk(steps) {
  const neededMegabytes = steps.reduce((sum, step) => sum + step.megabytes, 0);
  const { bavail, bsize } = await statfs(cacheDir);
  const freeMegabytes = Math.floor((bavail * bsize) / BYTES_PER_MEGABYTE);
  if (freeMegabytes >= neededMegabytes) return;
  throw new SetupError(
    `${cacheDir} has ${freeMegabytes} MB left, about ${neededMegabytes} MB are needed. ` +
      'Free some space or set AUTOTUNER_CACHE_DIR to a folder on another disk.'
  );
}

/**
 * @param {import('./stamped-step.mjs').Step[]} steps those that are about to run
 * @throws {SetupError} for the first thing that is missing
 */
export async function checkPrerequisites(steps) {
  checkNode();
  checkPlatform(steps);
  // Only the installer itself and what it installs need an interpreter.
  if (steps.some((step) => step.name === 'uv' || step.needs().includes('uv'))) findPython();
  try {
    mkdirSync(cacheDir, { recursive: true });
  } catch (error) {
    throw new SetupError(`Cannot write to ${cacheDir} (${error.code}). Set AUTOTUNER_CACHE_DIR to another folder.`);
  }
  await checkDisk(steps);
}
