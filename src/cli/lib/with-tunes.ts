import type { Tunes } from '../../client/index.js';

/** Connects to Temporal for the length of one command. */
export async function withTunes<T>(work: (tunes: Tunes) => Promise<T>): Promise<T> {
  // Loaded only here: Temporal's client takes a third of a second, which commands without a server need not wait.
  const library = await import('../../client/index.js');
  const client = await library.connect();
  try {
    return await work(new library.Tunes(client));
  } finally {
    await client.connection.close();
  }
}
