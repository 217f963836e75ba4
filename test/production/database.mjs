/**
 * The PostgreSQL server for one run of the suite, which all its Temporal servers use, each with databases of its own. From here on
 * `World.startServer` starts those (temporal-server.mjs) in place of the development server.
 */
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

register('../support/typescript-hooks.mjs', import.meta.url);

/** Each Temporal server holds up to 30 connections for each of its four services. */
const SETTINGS = ['max_connections=500', 'shared_buffers=64MB'];

export default async function startDatabase() {
  const { PostgresServer } = await import('../history/support/postgres.ts');
  const server = await PostgresServer.start(SETTINGS);
  globalThis.productionDatabase = server;
  process.env.PRODUCTION_DATABASE_URL = server.url('postgres');
  process.env.AUTOTUNER_TEST_SERVER = fileURLToPath(new URL('temporal-server.mjs', import.meta.url));
}

export async function stopDatabase() {
  await globalThis.productionDatabase.stop();
}
