import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** More than any results file of ours; what is larger is none. */
const MOST_BYTES = 64 * 2 ** 20;

/** @throws Error that says why it cannot be read: a pipe, a device or a link is not opened, and nothing huge is read. */
export async function readRegularFile(path: string): Promise<Buffer> {
  // Without O_NONBLOCK opening a pipe would wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (error: NodeJS.ErrnoException) => {
      throw new Error(`its file cannot be opened (${error.code})`, { cause: error });
    }
  );
  try {
    const info = await file.stat();
    if (!info.isFile()) throw new Error('it is no regular file');
    if (info.size > MOST_BYTES) throw new Error(`its file has more than ${MOST_BYTES / 2 ** 20} MiB`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
