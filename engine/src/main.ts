#!/usr/bin/env node
/**
 * A server of one model with the command line, the API and the errors of llama-server, on a prebuilt llama.cpp: it needs
 * neither a compiler nor a GPU. It listens at once and says 503 until the model is loaded.
 */
import { accessSync, constants } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { parseArguments, type EngineOptions } from './arguments.js';
import { Engine } from './engine.js';
import { StartError } from './errors.js';
import { createServer } from './server.js';

function checkModelFile(modelPath: string): void {
  try {
    accessSync(modelPath, constants.R_OK);
  } catch (error) {
    throw new StartError(`failed to load model '${modelPath}' (${(error as NodeJS.ErrnoException).code})`);
  }
}

async function start(options: EngineOptions): Promise<void> {
  checkModelFile(options.modelPath);
  let engine: Engine | undefined;
  const server = createServer(options, () => engine);
  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EADDRINUSE' ? 'address already in use' : error.message;
    throw new StartError(`bind: ${reason} (${options.host}:${options.port})`);
  });
  const { port } = server.address() as AddressInfo;
  console.log(`listening on http://${options.host}:${port}, loading the model`);
  engine = await Engine.load(options);
  console.log(`model loaded: ${options.parallel} slots, ${options.threads} threads, http://${options.host}:${port}`);
}

// There are no signal handlers on purpose. SIGTERM and SIGINT then end the process at once by the kernel's own doing; a
// handler that calls process.exit would wait for the step that llama.cpp is computing.

try {
  await start(parseArguments(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof StartError ? `error: ${error.message}` : error);
  process.exit(1);
}
