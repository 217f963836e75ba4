/** Small file operations that set-up repeats. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** SHA-256 of JSON-encodable values. */
export const hash = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** Hash of a file's bytes; of nothing when the file is missing. */
export const hashFile = (file) =>
  existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'missing';

/** Write through a temporary name, so that a reader or a crash never meets half a file. */
export function writeAtomically(file, content) {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}

/** Make `link` point to `target`, replacing what was there in one step. Relative, so that the cache folder can be moved. */
export function link(target, link) {
  mkdirSync(path.dirname(link), { recursive: true });
  const temporary = `${link}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  symlinkSync(path.relative(path.dirname(link), target), temporary);
  renameSync(temporary, link);
}

/** Remove a folder with everything in it; nothing to remove is fine. */
export const removeFolder = (folder) => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });

/**
 * Path, size and modification time of every file below the given folders: changes whenever a file does, without
 * reading any of them.
 */
export function fingerprint(folders) {
  return folders.flatMap((folder) => {
    if (!existsSync(folder)) return [];
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return entries
      .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
      .sort()
      .map((file) => {
        const { size, mtimeMs } = statSync(file);
        return [path.relative(folder, file), size, mtimeMs];
      });
  });
}
