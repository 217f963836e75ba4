/**
 * The program of the test cluster: etcd, Kubernetes' control plane, kwok and kubectl in one file. It is built once from
 * test/cluster/rig/go and kept in the cache under a key of its sources.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';

import { runAndCollect } from './child.mjs';
import { SetupError } from './errors.mjs';
import { removeFolder } from './files.mjs';
import { inCache, inProject, shown } from './paths.mjs';

const sources = inProject('test', 'cluster', 'rig', 'go');
const cache = inCache('cluster');
const PROGRAM = 'cluster-rig';
const CRDS = 'kwok-crds';
const KEY_LENGTH = 12;
const TAIL_LINES = 15;

/**
 * @typedef {object} ClusterRig
 * @property {string} program its first argument names the component: etcd, kube-apiserver, ..., kubectl
 * @property {string} kwokCrds folder with kwok's CustomResourceDefinitions
 */

/** Changes whenever a source of the program does. */
function cacheKey() {
  const sum = createHash('sha256');
  for (const name of ['go.sum', 'main.go', 'go.mod']) sum.update(readFileSync(path.join(sources, name)));
  return sum.digest('hex').slice(0, KEY_LENGTH);
}

/** @returns {string | undefined} the version of Kubernetes that go.mod asks for, such as `1.36.3` */
function kubernetesVersion() {
  return /k8s\.io\/kubernetes v([\d.]+)/.exec(readFileSync(path.join(sources, 'go.mod'), 'utf8'))?.[1];
}

function buildArgs(output) {
  const version = kubernetesVersion();
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
async function checkGo() {
  try {
    // In the module's folder `go version` selects the toolchain that go.mod asks for.
    const { exitCode, output } = await runAndCollect('go', ['version'], { cwd: sources });
    return exitCode === 0 ? null : output.trim().split('\n').at(-1);
  } catch (error) {
    return error.code === 'ENOENT' ? 'Go is not installed' : error.message;
  }
}

async function go(args, env = {}) {
  const { exitCode, output } = await runAndCollect('go', args, { cwd: sources, env: { ...process.env, ...env } });
  if (exitCode === 0) return output;
  const tail = output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  throw new SetupError(`go ${args[0]} of the test cluster's program failed (exit code ${exitCode}):\n${tail}`);
}

/** Folders of earlier sources and of builds that were killed. */
function removeOld(key) {
  for (const name of readdirSync(cache)) {
    const builder = Number(/^\.building-(\d+)$/.exec(name)?.[1]);
    const underConstruction = builder > 0 && existsSync(`/proc/${builder}`);
    if (name !== key && !underConstruction) removeFolder(path.join(cache, name));
  }
}

async function build(key) {
  // The whole folder appears by one rename: a program without its CRDs, or half a program, is never found.
  const folder = path.join(cache, `.building-${process.pid}`);
  removeFolder(folder);
  mkdirSync(folder, { recursive: true });
  await go(buildArgs(path.join(folder, PROGRAM)), { CGO_ENABLED: '0' });
  const kwok = (await go(['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'])).trim().split('\n').at(-1);
  // Go's module cache is read-only; a copy that were so too could not be removed.
  mkdirSync(path.join(folder, CRDS));
  const crds = path.join(kwok, 'kustomize', 'crd', 'bases');
  for (const name of readdirSync(crds)) cpSync(path.join(crds, name), path.join(folder, CRDS, name), { mode: 0 });
  try {
    renameSync(folder, path.join(cache, key));
  } catch (error) {
    removeFolder(folder);
    // Another process was faster; its program is the same.
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  }
  removeOld(key);
}

/**
 * Where the program is if it has been built.
 * @returns {ClusterRig | null}
 */
export function findClusterRig() {
  const folder = path.join(cache, cacheKey());
  if (!existsSync(folder)) return null;
  return { program: path.join(folder, PROGRAM), kwokCrds: path.join(folder, CRDS) };
}

/**
 * Build the program unless that was done before.
 *
 * @param {{ onProgress?: (line: string) => void }} [options]
 * @returns {Promise<ClusterRig | null>} null without a sufficient version of Go; `onProgress` has been told why
 * @throws {SetupError} when the build fails
 */
export async function ensureClusterRig({ onProgress = () => {} } = {}) {
  const found = findClusterRig();
  if (found) return found;
  const obstacle = await checkGo();
  if (obstacle) {
    onProgress(`no test cluster: ${obstacle}. Its control plane is built from source with Go (https://go.dev/dl)`);
    return null;
  }
  const startedAtMs = performance.now();
  onProgress(`building the test cluster's program into ${shown(cache)}, once: 5 to 10 minutes on two cores`);
  await build(cacheKey());
  onProgress(`built the test cluster's program in ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`);
  return findClusterRig();
}
