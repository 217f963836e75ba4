import { readRegularFile } from '../regular-file.js';

/** @throws Error that says why there is no JSON in it: a pipe, a device or a link is not opened, and nothing huge is read. */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = (await readRegularFile(path)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('its file holds no JSON');
  }
}
