#!/usr/bin/env node
/**
 * The browser of the suite `web`: whichever Chromium the system has. It is never downloaded: distributions have one.
 *
 * Usage: node scripts/lib/chromium.mjs --install   installs it where it is missing and apt-get may be used
 */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'];

/** @returns {string | null} its path; CHROMIUM_PATH before all others */
export function findChromium() {
  return [process.env.CHROMIUM_PATH, ...PATHS].find((path) => path && existsSync(path)) ?? null;
}

/** With apt-get, as root. @returns {string | null} its path, null where that is not possible */
export function installChromium() {
  const isRoot = process.getuid?.() === 0;
  if (findChromium() || !isRoot || !existsSync('/usr/bin/apt-get')) return findChromium();
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 'inherit', 'inherit'] };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
  return findChromium();
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const path = process.argv.includes('--install') ? installChromium() : findChromium();
  console.log(path ?? 'no Chromium');
}
