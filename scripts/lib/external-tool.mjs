/** Tools that the user already has take precedence over ours. */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

import { SetupError } from './errors.mjs';
import { inCache } from './paths.mjs';

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * @param {string} variable environment variable with the tool's path, asked first
 * @param {string} command name looked up on PATH
 * @returns {{ path: string, from: string } | undefined}
 * @throws {SetupError} when the variable is set but names no executable file
 */
export function findExternalTool(variable, command) {
  const chosen = process.env[variable];
  if (chosen) {
    if (!isExecutable(chosen))
      throw new SetupError(`${variable}=${chosen} is not an executable file. Correct or unset it.`);
    return { path: path.resolve(chosen), from: variable };
  }
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const file = folders
    .filter((folder) => path.resolve(folder) !== inCache('bin'))
    .map((folder) => path.join(folder, command))
    .find(isExecutable);
  return file && { path: file, from: 'PATH' };
}
