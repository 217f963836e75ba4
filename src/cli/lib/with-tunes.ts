import { connect, Tunes } from '../../client/index.js';

/** Connects to Temporal for the length of one command. */
export async function withTunes<T>(work: (tunes: Tunes) => Promise<T>): Promise<T> {
  const client = await connect();
  try {
    return await work(new Tunes(client));
  } finally {
    await client.connection.close();
  }
}
