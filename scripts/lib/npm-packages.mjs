/** Installing the packages of a folder with a lock file, and the question whether that is needed. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { SetupError } from './errors.mjs';
import { removeFolder } from './files.mjs';

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
  } catch {
    return undefined;
  }
}

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes node_modules/.package-lock.json when it has
 * finished, so an interrupted or a manual installation is judged rightly, which a stamp of our own could not do. `npm install
 * --package-lock-only` writes it as well, so the folders must be there too.
 */
export function packagesAreInstalled(folder) {
  const wanted = packagesIn(path.join(folder, 'package-lock.json'));
  const installed = packagesIn(path.join(folder, 'node_modules', '.package-lock.json'));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(
    ([name, entry]) =>
      name === '' ||
      entry.optional ||
      entry.devOptional ||
      (installed[name]?.version === entry.version && existsSync(path.join(folder, name)))
  );
}

/**
 * Install what package-lock.json says; no package's install script is run. Not with `npm ci`: that refuses to work when
 * the registry, such as a company's mirror, lacks the optional packages of other platforms.
 *
 * @throws {SetupError} when what was installed is not what the lock file says
 */
export async function installPackages(run, folder, extraArgs = []) {
  // An interrupted installation leaves packages behind that look complete.
  removeFolder(path.join(folder, 'node_modules'));
  const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', ...extraArgs];
  await run('npm', ['install', ...options], { cwd: folder });
  if (!packagesAreInstalled(folder)) {
    throw new SetupError(
      `${folder}: package-lock.json does not fit package.json. Run "npm install" there and commit both.`
    );
  }
}
