#!/usr/bin/env node
/**
 * Makes a container image of what is on this machine: Node, the embedded engine and the libraries that both need. No registry, no base
 * image and no build is needed, so that the backend `docker` can be tried anywhere.
 *
 * Usage: node scripts/engine-image.mjs [NAME:TAG]
 *
 * The daemon is the one of DOCKER_HOST, as far as that is a Unix socket.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { runAndCollect } from './lib/child.mjs';
import { inProject, projectDir } from './lib/paths.mjs';

const DEFAULT_NAME = 'inference-autotuner/local-engine:1';
const ENGINE = 'opt/engine';
const NODE = 'usr/bin/node';

function socketPath() {
  const host = process.env.DOCKER_HOST || 'unix:///var/run/docker.sock';
  if (!host.startsWith('unix://')) throw new Error(`DOCKER_HOST=${host} is no Unix socket`);
  return host.slice('unix://'.length);
}

/** What the dynamic linker would load, transitively. */
async function librariesOf(files) {
  const { output } = await runAndCollect('ldd', files);
  return [...new Set([...output.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1]))];
}

function nativeFilesBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const isNative = (name) => /\.(?:node|so(?:\.\d+)*)$/.test(name);
  return entries.filter((entry) => entry.isFile() && isNative(entry.name)).map((e) => path.join(e.parentPath, e.name));
}

/** An archive of the whole image, as a stream. */
async function archive(staging) {
  const node = realpathSync(process.execPath);
  const engine = realpathSync(inProject('engine'));
  const native = nativeFilesBelow(path.join(engine, 'node_modules'));
  const inEngine = (file) => file.startsWith(`${engine}/`);
  const libraries = (await librariesOf([node, ...native])).filter((file) => !inEngine(file));
  // A program without a user's name or a folder for what is passing is rare enough that some do not expect it.
  mkdirSync(path.join(staging, 'tmp'), { mode: 0o1777 });
  mkdirSync(path.join(staging, 'etc'));
  writeFileSync(path.join(staging, 'etc', 'passwd'), 'root:x:0:0:root:/tmp:/sbin/nologin\n');
  const parts = ['dist', 'node_modules', 'package.json'].map((name) => path.join(engine, name).slice(1));
  const renamed = [
    ['--transform', `s|^${engine.slice(1)}/|${ENGINE}/|`],
    ['--transform', `s|^${node.slice(1)}$|${NODE}|`],
  ];
  const tar = spawn(
    'tar',
    [
      // Files as the loader finds them, not as links to where they are.
      ...['--create', '--dereference', '--file=-', '--owner=0', '--group=0', ...renamed.flat()],
      ...['--directory', staging, 'tmp', 'etc', '--directory', '/'],
      ...[node, ...libraries].map((file) => file.replace(/^\//, '')),
      ...parts,
    ],
    { cwd: projectDir, stdio: ['ignore', 'pipe', 'inherit'] }
  );
  return tar;
}

function importImage(tar, name) {
  const colon = name.lastIndexOf(':');
  const query = new URLSearchParams({ fromSrc: '-', repo: name.slice(0, colon), tag: name.slice(colon + 1) });
  for (const change of [`ENTRYPOINT ["/${NODE}","/${ENGINE}/dist/main.js"]`, 'ENV HOME=/tmp'])
    query.append('changes', change);
  const failed = new Promise((_, fail) =>
    tar.on('close', (code) => code && fail(new Error(`tar ended with exit code ${code}`)))
  );
  const imported = new Promise((done, fail) => {
    const call = request({ socketPath: socketPath(), method: 'POST', path: `/images/create?${query}` }, (response) => {
      let said = '';
      response.setEncoding('utf8').on('data', (text) => (said += text));
      response.on('end', () =>
        response.statusCode === 200 && !/"error"/.test(said) ? done(said) : fail(new Error(said))
      );
    });
    call.on('error', fail);
    tar.stdout.pipe(call);
  });
  return Promise.race([imported, failed]);
}

const [name = DEFAULT_NAME] = process.argv.slice(2);
const staging = mkdtempSync(path.join(tmpdir(), 'engine-image-'));
try {
  await importImage(await archive(staging), name);
  console.log(`made ${name}`);
} catch (error) {
  console.error(`cannot make ${name}: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(staging, { recursive: true, force: true });
}
