#!/usr/bin/env node
/** The embedded engine, which CHAOS_ENGINE names, in this very process: it says in the log when it starts, listens and ends. */
import { Server } from 'node:net';
import { pathToFileURL } from 'node:url';
import { log, parametersOf } from './log.mjs';

const main = process.env.CHAOS_ENGINE;
const args = process.argv.slice(2);
const parameters = parametersOf(args, ['parallel']);

log('engine-start', { parameters });
const { listen } = Server.prototype;
Server.prototype.listen = function (...wanted) {
  this.once('listening', () => log('engine-listen', { parameters, port: this.address().port }));
  return listen.apply(this, wanted);
};
// Without a handler left, the second signal ends it at once by the kernel's own doing, as it does the engine alone.
process.once('SIGTERM', () => {
  log('engine-end', { parameters });
  process.kill(process.pid, 'SIGTERM');
});
process.argv = [process.execPath, main, ...args];
await import(pathToFileURL(main));
