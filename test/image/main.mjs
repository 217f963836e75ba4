#!/usr/bin/env node
/**
 * Builds the image and runs the compose file where no container registry can be reached: images of the same names are made before,
 * from packages of Debian, npm and Go. As root, with Go; half an hour and 10 GB of disk for the first time.
 *
 * Usage: node test/image/main.mjs [--dir FOLDER] [--only build,stand-ins,check,stack]
 *
 *   --dir FOLDER   where images are; kept, and used again (default: a temporary folder)
 *   --only ...     these parts; the last two need what the first two have made in the folder
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { runInForeground } from '../../scripts/lib/child.mjs';
import { OWN_NETWORK } from '../../scripts/lib/docker-daemon.mjs';
import { setup } from '../../scripts/setup.mjs';
import { buildImages, buildStandIns, withBuilder } from './build.mjs';
import { BRIDGE_ADDRESS, startDaemon } from './daemon.mjs';
import { checkImage } from './image-checks.mjs';
import { startNameserver } from './nameserver.mjs';
import { tryStack } from './stack.mjs';

const BUILDS = ['build', 'stand-ins'];
const [unshare, ...inOwnNetwork] = OWN_NETWORK;
const INSIDE = 'AUTOTUNER_OWN_NETWORK';
const startedAt = performance.now();
const say = (line) => console.log(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)} s  ${line}`);

const { values } = parseArgs({
  options: { dir: { type: 'string' }, only: { type: 'string', default: 'build,stand-ins,check,stack' } },
});
const parts = values.only.split(',');
const dir = path.resolve(values.dir ?? mkdtempSync(path.join(tmpdir(), 'images-')));
mkdirSync(dir, { recursive: true });

async function build() {
  await setup({ steps: ['build', 'engine', 'model', 'temporal'] });
  await withBuilder(dir, ['temporal-server', 'docker-compose'], say, async (env) => {
    if (parts.includes('build')) await buildImages(dir, env, say);
    if (parts.includes('stand-ins')) await buildStandIns(dir, env, say);
  });
}

/** In a network of its own, of which nothing is left with its last process. */
async function runContainers() {
  await runInForeground('ip', ['link', 'set', 'lo', 'up']);
  const { env, stop } = await startDaemon(path.join(dir, 'docker'), { bridge: true });
  try {
    if (parts.includes('check')) {
      say(await checkImage('inference-autotuner-api:0.1.0', env, { python: false }));
      say(await checkImage('inference-autotuner:0.1.0', env, { python: true }));
    }
    if (!parts.includes('stack')) return;
    const stopNameserver = await startNameserver(BRIDGE_ADDRESS);
    await tryStack(dir, env, say).finally(stopNameserver);
  } finally {
    await stop();
  }
}

if (process.env[INSIDE]) await runContainers();
else
  try {
    if (BUILDS.some((part) => parts.includes(part))) await build();
    const again = [process.execPath, fileURLToPath(import.meta.url), '--dir', dir, '--only', values.only];
    if (parts.some((part) => !BUILDS.includes(part)))
      process.exitCode = await runInForeground(unshare, [...inOwnNetwork, ...again], {
        env: { ...process.env, [INSIDE]: '1' },
      });
  } finally {
    if (!values.dir) rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
