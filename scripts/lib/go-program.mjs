/** Programs of the test cluster, built from a Go module in this project and kept in the cache under a key of its sources. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';

import { runAndCollect } from './child.mjs';
import { SetupError } from './errors.mjs';
import { removeFolder } from './files.mjs';
import { inCache, shown } from './paths.mjs';

const KEY_LENGTH = 12;
const TAIL_LINES = 15;

/**
 * @typedef {object} GoProgram
 * @property {string} what for people: `the test cluster's program`
 * @property {string} sources the module's folder, with main.go, go.mod and go.sum
 * @property {string} cache name of its folder in the cache
 * @property {string} file name of the program in there
 * @property {string} takes how long its build takes
 * @property {(folder: string, go: (args: string[]) => Promise<string>) => Promise<void>} [more] adds what goes with the program
 */

/** Changes whenever a source of the program does. */
function cacheKey({ sources }) {
  const sum = createHash('sha256');
  for (const name of ['go.sum', 'main.go', 'go.mod']) sum.update(readFileSync(path.join(sources, name)));
  return sum.digest('hex').slice(0, KEY_LENGTH);
}

function buildArgs({ sources }, output) {
  const [, version] = /k8s\.io\/kubernetes v([\d.]+)/.exec(readFileSync(path.join(sources, 'go.mod'), 'utf8'));
  const [major, minor] = version.split('.');
  // Without these Kubernetes calls itself v0.0.0-master, and kubectl refuses the skew.
  const stamp = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const stamps = Object.entries(stamp).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return [
    ...['build', '-buildvcs=false', '-trimpath', '-p', '2', '-o', output],
    // No debug information and no inlining: two fifths less time to compile, and nobody measures this program.
    '-gcflags=all=-dwarf=false -l',
    `-ldflags=-s -w ${stamps.join(' ')}`,
    '.',
  ];
}

/** Whether the installed Go, or a newer one that it may fetch by itself, satisfies go.mod; otherwise why not. */
async function checkGo({ sources }) {
  try {
    // In the module's folder `go version` selects the toolchain that go.mod asks for.
    const { exitCode, output } = await runAndCollect('go', ['version'], { cwd: sources });
    return exitCode === 0 ? null : output.trim().split('\n').at(-1);
  } catch (error) {
    return error.code === 'ENOENT' ? 'Go is not installed' : error.message;
  }
}

async function runGo({ what, sources }, args, env = {}) {
  const { exitCode, output } = await runAndCollect('go', args, { cwd: sources, env: { ...process.env, ...env } });
  if (exitCode === 0) return output;
  const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  throw new SetupError(`go ${args[0]} of ${what} failed (exit code ${exitCode}):\n${tail}`);
}

/** Folders of earlier sources and of builds that were killed. */
function removeOld(cache, key) {
  for (const name of readdirSync(cache)) {
    const builder = Number(/^\.building-(\d+)$/.exec(name)?.[1]);
    const underConstruction = builder > 0 && existsSync(`/proc/${builder}`);
    if (name !== key && !underConstruction) removeFolder(path.join(cache, name));
  }
}

async function build(program, key) {
  const cache = inCache(program.cache);
  // The whole folder appears by one rename: half of it is never found.
  const folder = path.join(cache, `.building-${process.pid}`);
  removeFolder(folder);
  mkdirSync(folder, { recursive: true });
  await runGo(program, buildArgs(program, path.join(folder, program.file)), { CGO_ENABLED: '0' });
  await program.more?.(folder, (args) => runGo(program, args));
  try {
    renameSync(folder, path.join(cache, key));
  } catch (error) {
    removeFolder(folder);
    // Another process was faster; its program is the same.
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  }
  removeOld(cache, key);
}

/** @param {GoProgram} program @returns {string | null} the folder with the program if it has been built */
function findGoProgram(program) {
  const folder = inCache(program.cache, cacheKey(program));
  return existsSync(folder) ? folder : null;
}

/**
 * Build the program unless that was done before.
 *
 * @param {GoProgram} program
 * @param {{ onProgress?: (line: string) => void }} [options]
 * @returns {Promise<string | null>} its folder; null without a sufficient version of Go, and `onProgress` has been told why
 * @throws {SetupError} when the build fails
 */
export async function ensureGoProgram(program, { onProgress = () => {} } = {}) {
  const found = findGoProgram(program);
  if (found) return found;
  const { what } = program;
  const obstacle = await checkGo(program);
  if (obstacle) {
    onProgress(`no ${what.replace(/^the /, '')}: ${obstacle}. It is built from source with Go (https://go.dev/dl)`);
    return null;
  }
  const startedAtMs = performance.now();
  onProgress(`building ${what} into ${shown(inCache(program.cache))}, once: ${program.takes} on two cores`);
  await build(program, cacheKey(program));
  onProgress(`built ${what} in ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`);
  return findGoProgram(program);
}
