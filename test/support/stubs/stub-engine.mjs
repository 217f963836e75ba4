#!/usr/bin/env node
/**
 * An engine without a model, for faults and for volume: an OpenAI-compatible server that is ready at once and misbehaves on demand.
 * Flags that it does not know are parameters, and ignored.
 *
 *   --port N --api-key-file F     as llama-server
 *   --stderr TEXT                 written at start
 *   --exit-at-start CODE          exits before it listens
 *   --breaks DEPTH --until FILE   exits before it listens if that is its --depth, until the file is there
 *   --hang                        listens, never answers
 *   --wrong-answers               answers everything with a web page
 *   --ready-after MS              listens so much later
 *   --slow MS                     takes so long for each completion
 *   --slow-exit MS                takes so long to obey SIGTERM
 *   --dies-after N                answers so many completions, and exits with code 1 at the next one
 *   --last-words TEXT             written when it does
 *   --print-env                   writes its environment, in every form that is found in logs
 *   --witness FOLDER              holds a file there for each of its accelerators, and notes in `shared` when another engine has it
 *   --tell NAME                   puts the variable into its version, and with --exit-at-start into its last words
 *   --tells-metrics FILE          answers /metrics with it
 *   --refuse NAME                 answers every completion with an error that quotes the variable
 */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const args = process.argv.slice(2);
const has = (name) => args.includes(name);
const value = (name) => (has(name) ? args[args.indexOf(name) + 1] : undefined);

if (value('--stderr')) console.error(value('--stderr'));
const told = process.env[value('--tell')] ?? '';
if (has('--print-env')) {
  for (const [name, text] of Object.entries(process.env)) {
    console.log(`${name}=${text} ${JSON.stringify({ [name]: text })} ${encodeURIComponent(text)}`);
    console.log(`Basic ${Buffer.from(`user:${text}`).toString('base64')}`);
  }
}
if (has('--exit-at-start') && told) console.error(`cannot log in with ${told}`);
if (value('--exit-at-start')) process.exit(Number(value('--exit-at-start')));
if (has('--breaks') && value('--breaks') === value('--depth') && !existsSync(value('--until'))) process.exit(1);
if (value('--witness')) holdDevices(value('--witness'));
const key = value('--api-key-file') ? readFileSync(value('--api-key-file'), 'utf8') : null;

let completionsLeft = Number(value('--dies-after') ?? Infinity);

/** A device that is held by somebody else is what must never happen. */
function holdDevices(folder) {
  const devices = (process.env.CUDA_VISIBLE_DEVICES ?? process.env.AUTOTUNER_DEVICES ?? 'none').split(',');
  appendFileSync(path.join(folder, 'used'), `${process.env.AUTOTUNER_OWNED} ${devices.join(' ')}\n`);
  for (const device of devices) {
    const file = path.join(folder, device);
    try {
      writeFileSync(file, process.env.AUTOTUNER_OWNED, { flag: 'wx' });
    } catch {
      appendFileSync(path.join(folder, 'shared'), `${process.env.AUTOTUNER_OWNED} ${device} ${readFileSync(file)}\n`);
    }
    process.on('exit', () => rmSync(file, { force: true }));
  }
}

const server = createServer(async (request, response) => {
  if (has('--hang')) return;
  if (has('--wrong-answers')) return response.end('<html>It works!</html>');
  const json = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (request.url === '/props') return json(200, { build_info: `stub ${told}`.trim() });
  // As SGLang and vLLM empty their prefix cache: no completion.
  if (request.url === '/flush_cache' || request.url === '/reset_prefix_cache') return response.writeHead(200).end();
  // Neither is a look at its own metrics; like llama-server without --metrics it has none, unless it is to tell some.
  if (request.url === '/metrics') {
    const metrics = value('--tells-metrics');
    return metrics ? response.end(readFileSync(metrics)) : json(501, { error: { message: 'no metrics' } });
  }
  if (key !== null && request.headers.authorization !== `Bearer ${key}`)
    return json(401, { error: { message: 'Invalid API Key' } });
  for await (const chunk of request) void chunk;
  if (completionsLeft-- <= 0) {
    console.error(value('--last-words') ?? 'dying');
    process.exit(1);
  }
  if (has('--refuse')) return json(500, { error: { message: `wrong token ${process.env[value('--refuse')]}` } });
  await sleep(Number(value('--slow') ?? 0));
  return json(200, {
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  });
});
process.on('SIGTERM', () => setTimeout(() => process.exit(0), Number(value('--slow-exit') ?? 0)));
await sleep(Number(value('--ready-after') ?? 0));
server.listen(Number(value('--port')), '127.0.0.1', () => console.log('listening'));
