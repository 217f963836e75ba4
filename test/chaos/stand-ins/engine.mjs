#!/usr/bin/env node
/**
 * An engine whose latency is a function of its parameters, so that every measurement can be foretold. It says in the log when it
 * starts, listens and ends.
 *
 *   --port N --api-key-file F     as llama-server; without a file anybody may ask
 *   --host H                      default: loopback
 *   --start-ms N                  how long it takes until it listens
 *   --depth N                     the parameter
 *   --child                       a child in a session of its own, as tensor-parallel engines have; it outlives its parent
 *   --front                       serves through a proxy of its own, whose faults are in the file that CHAOS_ENGINE_NET names
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { register } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { log, parametersOf } from './log.mjs';

const args = process.argv.slice(2);
const has = (name) => args.includes(name);
const value = (name) => args[args.indexOf(name) + 1];
const parameters = parametersOf(args, ['depth']);

log('engine-start', { parameters });
if (has('--child')) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  log('engine-child', { child: child.pid });
  child.unref();
}
const key = has('--api-key-file') ? readFileSync(value('--api-key-file'), 'utf8') : null;
const server = createServer(async (request, response) => {
  const json = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (request.url === '/props') return json(200, { build_info: 'chaos' });
  if (key !== null && request.headers.authorization !== `Bearer ${key}`)
    return json(401, { error: { message: 'Invalid API Key' } });
  for await (const chunk of request) void chunk;
  const choices = [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }];
  return json(200, { choices, latency_s: latencyOf(parameters.depth), parameters });
});
process.on('SIGTERM', () => {
  log('engine-end', { parameters });
  process.exit(0);
});

if (has('--start-ms')) await sleep(Number(value('--start-ms')));
const port = Number(value('--port'));
const inner = await listen(has('--front') ? 0 : port);
if (has('--front')) {
  register('../../support/typescript-hooks.mjs', import.meta.url);
  const { FaultProxy } = await import('../fault-proxy.ts');
  await FaultProxy.start({ port, target: inner, faultFile: process.env.CHAOS_ENGINE_NET });
}
log('engine-listen', { parameters, port });

function listen(wanted) {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(wanted, has('--host') ? value('--host') : '127.0.0.1', () => done(server.address().port));
  });
}

/** Has its minimum in the middle, and no two depths share a value. */
function latencyOf(x) {
  return 1 + (x - 6.3) ** 2 / 100;
}
