#!/usr/bin/env node
/**
 * Makes a container image of what is on this machine: Node, the embedded engine and the libraries that both need. No registry, no base
 * image and no build is needed, so that the backend `docker` can be tried anywhere.
 *
 * Usage: node scripts/engine-image.mjs [NAME:TAG]
 *
 * The daemon is the one of DOCKER_HOST, as far as that is a Unix socket.
 */
import { readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';

import { makeImage, NODE } from './lib/local-image.mjs';
import { inProject } from './lib/paths.mjs';

const DEFAULT_NAME = 'inference-autotuner/local-engine:1';
const ENGINE = '/opt/engine';

function nativeFilesBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const isNative = (name) => /\.(?:node|so(?:\.\d+)*)$/.test(name);
  return entries.filter((entry) => entry.isFile() && isNative(entry.name)).map((e) => path.join(e.parentPath, e.name));
}

const [name = DEFAULT_NAME] = process.argv.slice(2);
try {
  const engine = realpathSync(inProject('engine'));
  const parts = ['dist', 'node_modules', 'package.json'].map((part) => [path.join(engine, part), `${ENGINE}/${part}`]);
  await makeImage(name, {
    parts: Object.fromEntries(parts),
    native: nativeFilesBelow(path.join(engine, 'node_modules')),
    changes: [`ENTRYPOINT ["${NODE}","${ENGINE}/dist/main.js"]`, 'ENV HOME=/tmp'],
  });
  console.log(`made ${name}`);
} catch (error) {
  console.error(`cannot make ${name}: ${error.message}`);
  process.exitCode = 1;
}
