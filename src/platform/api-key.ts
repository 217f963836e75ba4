import { readFile } from 'node:fs/promises';

/** What is sent to an engine that asks for no key: some clients insist on one. */
const NO_KEY = 'none';

/** The key in a file; a harmless word where there is no file. @throws Error when the file cannot be read. */
export async function readApiKey(file: string | null): Promise<string> {
  return file === null ? NO_KEY : readFile(file, 'utf8');
}
