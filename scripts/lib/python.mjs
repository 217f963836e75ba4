/** Finding a Python interpreter and installing locked packages with it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { SetupError } from './errors.mjs';
import { removeFolder } from './files.mjs';
import { inCache, inProject } from './paths.mjs';

const CANDIDATES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const OLDEST = [3, 10];
const PROBE = `
import importlib.util as u, json, sys
print(json.dumps({'version': sys.version_info[:2], 'path': sys.executable,
                  'venv': bool(u.find_spec('venv') and u.find_spec('ensurepip'))}))`;

function probe(command) {
  try {
    return JSON.parse(execFileSync(command, ['-c', PROBE], { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }));
  } catch {
    return undefined;
  }
}

const isNewEnough = ({ version }) => version[0] > OLDEST[0] || (version[0] === OLDEST[0] && version[1] >= OLDEST[1]);

/** @type {string | undefined} Found once: every probe starts an interpreter. */
let found;
/** @type {[number, number] | undefined} */
let foundVersion;

/**
 * Path of a usable interpreter: `PYTHON` if set, otherwise the first fitting one on `PATH`.
 * @throws {SetupError} when there is none, with what to install or set
 */
export function findPython() {
  if (found) return found;
  const chosen = process.env.PYTHON;
  const probed = (chosen ? [chosen] : CANDIDATES).map(probe).filter(Boolean);
  const wayOut =
    'Install Python 3.10 or newer (Debian, Ubuntu: apt install python3 python3-venv) or set PYTHON to one.';
  if (probed.length === 0) {
    throw new SetupError(chosen ? `PYTHON=${chosen} cannot be run. ${wayOut}` : `No Python found. ${wayOut}`);
  }
  const recent = probed.filter(isNewEnough);
  if (recent.length === 0) {
    throw new SetupError(`${probed[0].path} is Python ${probed[0].version.join('.')}, too old. ${wayOut}`);
  }
  const usable = recent.find((python) => python.venv);
  if (!usable) {
    const { path, version } = recent[0];
    throw new SetupError(
      `${path} lacks the modules venv and ensurepip. Install them (Debian, Ubuntu: apt install python${version.join('.')}-venv) or set PYTHON to another interpreter.`
    );
  }
  found = usable.path;
  foundVersion = usable.version;
  return found;
}

/** `[3, 11]`, of the interpreter that {@link findPython} finds. @throws {SetupError} as that does */
export function pythonVersion() {
  findPython();
  return foundVersion;
}

/** Environment that holds uv, the fast installer, and pip to fall back on. */
export const installerEnvironment = inCache('python', 'installer');
const installerPython = `${installerEnvironment}/bin/python`;
const uv = `${installerEnvironment}/bin/uv`;

/** Path of a lock file by its short name. */
export const lockFile = (name) => inProject('python', `${name}.lock`);

/** pip and uv share these: only what the lock names and only prebuilt, so no compiler is ever started. */
const lockedOptions = (lock) => ['--no-deps', '--only-binary', ':all:', '--require-hashes', '-r', lockFile(lock)];

/** Install a lock file's packages with the pip of an environment. */
export function installWithPip(run, python, lock, extraArgs = []) {
  return run(python, ['-m', 'pip', 'install', '--retries', '2', ...extraArgs, ...lockedOptions(lock)]);
}

/** Create a virtual environment with pip, from scratch: half of one, left by an interruption, is of no use. */
export async function createEnvironment(run, folder) {
  removeFolder(folder);
  await run(findPython(), ['-m', 'venv', folder]);
}

/** With uv; where it cannot run, or cannot reach the registry the way pip is set up to, with pip, which is slower. */
async function withUvOrPip(useUv, usePip) {
  if (!existsSync(uv)) return usePip();
  try {
    await useUv();
  } catch {
    await usePip();
  }
}

/** A new virtual environment with a lock file's packages. */
export function installEnvironment(run, folder, lock) {
  const python = `${folder}/bin/python`;
  return withUvOrPip(
    async () => {
      removeFolder(folder);
      await run(uv, ['venv', '--python', findPython(), folder]);
      await run(uv, ['pip', 'install', '--python', python, ...lockedOptions(lock)]);
    },
    async () => {
      await createEnvironment(run, folder);
      await installWithPip(run, python, lock);
    }
  );
}

/** A lock file's packages in a plain folder: for packages that are nothing but a wrapped file or program. */
export function installFolder(run, folder, lock) {
  const target = ['--target', folder];
  return withUvOrPip(
    async () => {
      removeFolder(folder);
      await run(uv, ['pip', 'install', '--python', installerPython, ...target, ...lockedOptions(lock)]);
    },
    async () => {
      removeFolder(folder);
      await installWithPip(run, installerPython, lock, target);
    }
  );
}
