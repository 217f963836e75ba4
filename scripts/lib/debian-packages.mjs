/** Programs of the system that some tests need, from Debian's own packages where we may install them. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

import { runAndCollect } from './child.mjs';

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

function isInstalled(program, folders = FOLDERS) {
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * @param {Record<string, string>} packages by the program that each brings, such as `{ dockerd: 'docker.io' }`
 * @param {{ onProgress?: (line: string) => void, folders?: string[] }} [options] `folders`: where the programs are, if not where users find them
 * @returns {Promise<boolean>} whether all programs are there; `onProgress` has been told what is missing
 */
export async function ensureDebianPackages(packages, { onProgress = () => {}, folders } = {}) {
  const missing = () => Object.keys(packages).filter((program) => !isInstalled(program, folders));
  const names = [...new Set(missing().map((program) => packages[program]))];
  if (names.length === 0) return true;
  const command = ['install', '-y', '--no-install-recommends', ...names];
  if (process.getuid() !== 0 || !isInstalled('apt-get')) {
    onProgress(`missing: ${missing().join(', ')} (as root: apt-get ${command.join(' ')})`);
    return false;
  }
  onProgress(`installing ${names.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => runAndCollect('apt-get', command, { env });
  let { exitCode, output } = await install();
  if (exitCode !== 0) {
    // A fresh image has no list of packages.
    await runAndCollect('apt-get', ['update'], { env });
    ({ exitCode, output } = await install());
  }
  if (exitCode === 0 && missing().length === 0) return true;
  onProgress(`apt-get could not install ${names.join(', ')}: ${output.trimEnd().split('\n').at(-1)}`);
  return false;
}
