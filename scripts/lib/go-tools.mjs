/**
 * Programs that are built from published Go modules, for suites that are run when they are named. Each is pinned to a version, whose
 * sources Go checks against its checksum database, and kept in the cache under its name and version.
 */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';

import { runAndCollect } from './child.mjs';
import { SetupError } from './errors.mjs';
import { removeFolder } from './files.mjs';
import { inCache, shown } from './paths.mjs';

/**
 * `viaModule` where the module says what it excludes, for which Go does not install it as it is.
 * @type {Record<string, { module: string, version: string, packages: Record<string, string>, takes: string, viaModule?: boolean }>}
 */
const GO_TOOLS = {
  // The server that Temporal's own images hold, and what makes and migrates its tables.
  'temporal-server': {
    module: 'go.temporal.io/server',
    version: 'v1.32.0',
    packages: { 'temporal-server': 'cmd/server', 'temporal-sql-tool': 'cmd/tools/sql' },
    takes: '10 minutes',
  },
  'docker-compose': {
    module: 'github.com/docker/compose/v2',
    version: 'v2.40.3',
    packages: { 'docker-compose': 'cmd' },
    takes: '10 minutes',
    viaModule: true,
  },
  helm: { module: 'helm.sh/helm/v3', version: 'v3.22.0', packages: { helm: 'cmd/helm' }, takes: '2 minutes' },
};
const TAIL_LINES = 15;

const folderOf = (name) => inCache('go', `${name}-${GO_TOOLS[name].version}`);

/** @returns {string | null} the folder with the programs of a tool that was built before */
export function findGoTool(name) {
  const folder = folderOf(name);
  return existsSync(folder) ? folder : null;
}

/** Debug information and inlining cost two fifths of the time to compile, and nobody measures these programs. */
const BUILD = ['-trimpath', '-p', '2', '-gcflags=all=-dwarf=false -l', '-ldflags=-s -w'];

async function go(args, env = {}, cwd = inCache()) {
  // A module in the folder above must not decide which versions are taken.
  const options = {
    cwd,
    env: { ...process.env, GOFLAGS: '-buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0', ...env },
  };
  const { exitCode, output } = await runAndCollect('go', args, options);
  if (exitCode === 0) return output;
  throw new SetupError(`go ${args.join(' ')} failed:\n${output.trimEnd().split('\n').slice(-TAIL_LINES).join('\n')}`);
}

async function build(name) {
  const { module, version, packages, viaModule } = GO_TOOLS[name];
  const folder = `${folderOf(name)}.building-${process.pid}`;
  const around = `${folder}.module`;
  mkdirSync(folder, { recursive: true });
  try {
    for (const [program, source] of Object.entries(packages)) {
      const target = path.join(folder, program);
      if (viaModule) await buildInModule(around, `${module}/${source}`, version, target);
      else {
        await go(['install', ...BUILD, `${module}/${source}@${version}`], { GOBIN: folder });
        renameSync(path.join(folder, path.basename(source)), target);
      }
    }
    renameSync(folder, folderOf(name));
  } finally {
    removeFolder(folder);
    removeFolder(around);
  }
}

/** A module of our own that needs nothing but this package. */
async function buildInModule(folder, source, version, target) {
  mkdirSync(folder, { recursive: true });
  for (const args of [
    ['mod', 'init', 'local/tools'],
    ['get', `${source}@${version}`],
    ['build', ...BUILD, '-o', target, source],
  ])
    await go(args, {}, folder);
}

/**
 * Build a tool unless that was done before.
 *
 * @param {keyof typeof GO_TOOLS} name
 * @param {{ onProgress?: (line: string) => void }} [options]
 * @returns {Promise<string | null>} its folder; null without Go, of which `onProgress` has been told
 * @throws {SetupError} when the build fails
 */
export async function ensureGoTool(name, { onProgress = () => {} } = {}) {
  const found = findGoTool(name);
  if (found) return found;
  mkdirSync(inCache('go'), { recursive: true });
  const hasGo = await runAndCollect('go', ['version']).then(
    ({ exitCode }) => exitCode === 0,
    () => false
  );
  if (!hasGo) {
    onProgress(`no ${name}: it is built from source with Go (https://go.dev/dl), which is not installed`);
    return null;
  }
  const { version, takes } = GO_TOOLS[name];
  const startedAtMs = performance.now();
  onProgress(`building ${name} ${version} into ${shown(inCache('go'))}, once: about ${takes} on two cores`);
  await build(name);
  onProgress(`built ${name} in ${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`);
  return findGoTool(name);
}
