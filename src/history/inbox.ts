/** Where tunes are safe that no database has taken yet, and where those stay that the embedded one has. */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { readRegularFile } from '../platform/regular-file.js';

const SUFFIX = '.json.gz';
/** A temporary file of a writer that was killed. */
const UNFINISHED_MS = 3_600_000;

/**
 * Folders of documents, a file each: leaving the same one twice is the same as once.
 *
 * `inbox/` is what waits. `kept/` is what the embedded database has taken: it writes without waiting for the disk, so that a machine that
 * loses its power can leave it broken, and a newer version of it cannot read an older one's files. Then it is made again from here.
 */
export class Inbox {
  private readonly waitingDir: string;
  private readonly keptDir: string;

  /** @param folder of the history. */
  constructor(folder: string) {
    this.waitingDir = join(folder, 'inbox');
    this.keptDir = join(folder, 'kept');
  }

  /** On disk when it returns. @param finishedAt a run that is told again later has two files, of which the database keeps the later. */
  async leave({ runId, finishedAt }: { runId: string; finishedAt: string }, document: Buffer): Promise<void> {
    await mkdir(this.waitingDir, { recursive: true });
    await writeFileAtomic(join(this.waitingDir, `${stemOf(runId)}.${Date.parse(finishedAt)}${SUFFIX}`), document);
    await syncFolder(this.waitingDir);
  }

  /** The names of what waits. */
  async waiting(): Promise<string[]> {
    return (await list(this.waitingDir)).filter((name) => name.endsWith(SUFFIX));
  }

  /** @throws Error when there is none, or none that can be read. */
  async read(name: string): Promise<Buffer> {
    return readRegularFile(join(this.waitingDir, name));
  }

  /** Of one that a database has. @param keepFor the run, where a copy is kept since that database can be lost. */
  async taken(name: string, keepFor: string | null): Promise<void> {
    if (keepFor === null) return rm(join(this.waitingDir, name), { force: true });
    await mkdir(this.keptDir, { recursive: true });
    await rename(join(this.waitingDir, name), join(this.keptDir, nameOf(keepFor))).catch(unlessGone);
  }

  /** Of one that is no results file: it stays, for a person, and is not tried again. */
  async refuse(name: string): Promise<void> {
    await rename(join(this.waitingDir, name), join(this.waitingDir, `${name}.refused`)).catch(unlessGone);
  }

  /** What was kept of runs that the database does not have. @param known names by `nameOf`. */
  async lost(known: ReadonlySet<string>): Promise<{ name: string; read: () => Promise<Buffer> }[]> {
    const names = (await list(this.keptDir)).filter((name) => name.endsWith(SUFFIX) && !known.has(name));
    return names.map((name) => ({ name, read: () => readRegularFile(join(this.keptDir, name)) }));
  }

  /** Removes what writers have left that were killed. */
  async sweep(nowMs = Date.now()): Promise<void> {
    for (const name of await list(this.waitingDir)) {
      if (name.endsWith(SUFFIX) || name.endsWith('.refused')) continue;
      const path = join(this.waitingDir, name);
      const info = await stat(path).catch(() => null);
      if (info?.isFile() && nowMs - info.mtimeMs > UNFINISHED_MS) await rm(path, { force: true });
    }
  }
}

/** The file of a run that is kept. */
export function nameOf(runId: string): string {
  return `${stemOf(runId)}${SUFFIX}`;
}

/** Run ids are Temporal's; one of an imported file may be anything. */
function stemOf(runId: string): string {
  const isPlain = /^[\w-]{1,100}$/.test(runId);
  return isPlain ? runId : `x-${createHash('sha256').update(runId).digest('hex').slice(0, 32)}`;
}

async function list(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.sort();
}

/** Another process has taken it. */
function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** A new name in a folder is on disk once the folder is. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
