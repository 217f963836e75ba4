#!/usr/bin/env node
/**
 * Installs everything that the project needs, inside the project folder: packages, Temporal, a model, the embedded
 * engine, genai-bench. Needs Node and Python only. What is there already is left alone, so it can be called any time.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { SetupError } from './lib/errors.mjs';
import { cacheDir, inCache, shown } from './lib/paths.mjs';
import { checkPrerequisites } from './lib/prerequisites.mjs';
import { createProgress } from './lib/progress.mjs';
import { runSteps } from './lib/run-steps.mjs';
import { acquireSetupLock } from './lib/setup-lock.mjs';
import { allSteps, selectSteps } from './lib/steps/index.mjs';

const USAGE = `Usage: node scripts/setup.mjs [options]

  --only STEP,...  only these steps and what they need (default: all but those on demand)
  --check          say what is installed and what is missing; install nothing
  --quiet          print failures only
  --help

Steps:
${allSteps.map((step) => `  ${step.name.padEnd(14)} ${step.summary}`).join('\n')}

Variables:
  AUTOTUNER_CACHE_DIR        where tools are kept (default: .cache in the project)
  PYTHON                     Python interpreter, 3.10 or newer
  TEMPORAL_CLI_PATH, TEMPORAL_TEST_SERVER_PATH, GENAI_BENCH_PATH, AIPERF_PATH
                             your own tools; otherwise those on PATH, otherwise installed ones`;

const HINT = () =>
  `Full output: ${shown(inCache('logs'))}. If a public registry cannot be reached, set npm_config_registry and ` +
  'PIP_INDEX_URL to mirrors, or HTTPS_PROXY. Then run the same command again.';

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Ends the running tools on Ctrl-C or a termination signal; returns what undoes that. */
function abortOnSignals(controller) {
  const handlers = Object.keys(EXIT_CODES).map((name) => [name, () => controller.abort(name)]);
  for (const [name, handler] of handlers) process.on(name, handler);
  return () => handlers.forEach(([name, handler]) => process.off(name, handler));
}

/**
 * Install what is missing.
 *
 * @param {{ steps?: string[], quiet?: boolean }} [options] `steps` are names of steps, by default all but those on demand; what they need
 *   is added. `quiet` prints failures only.
 * @throws {SetupError} when something is missing on this machine or a step failed, which has been printed then
 * @throws {TypeError} for an unknown step
 */
export async function setup({ steps: names, quiet = false } = {}) {
  const steps = selectSteps(names);
  const pending = () => steps.filter((step) => !step.isDone());
  if (pending().length === 0) return;

  await checkPrerequisites(pending());
  const progress = createProgress({ quiet });
  const interruption = new AbortController();
  const stopListening = abortOnSignals(interruption);
  let release;
  try {
    const waiting = (pid) => progress.note(`another set-up (process ${pid}) is at work in ${cacheDir}, waiting for it`);
    release = await acquireSetupLock(waiting, interruption.signal);
    await runSteps(pending(), progress, interruption.signal);
    progress.end('Set-up complete');
  } catch (error) {
    progress.end();
    if (interruption.signal.aborted) {
      console.error('Set-up interrupted. Run it again to go on.');
      release?.();
      process.exit(EXIT_CODES[interruption.signal.reason]);
    }
    throw error;
  } finally {
    release?.();
    stopListening();
  }
}

/** Print the state of each step. @returns {boolean} whether all are done */
function report(names) {
  const states = selectSteps(names).map((step) => ({ step, done: step.isDone() }));
  for (const { step, done } of states)
    console.log(`${done ? 'ready  ' : 'missing'} ${step.name.padEnd(12)} ${step.summary}`);
  return states.every(({ done }) => done);
}

/**
 * Print an error the way all scripts do: one line for what the user can put right, the stack for what is our mistake.
 */
export function printError(error) {
  if (!(error instanceof SetupError || error instanceof TypeError)) return console.error(error);
  console.error(`error: ${error.message}`);
  if (error.message.startsWith('set-up is not complete')) console.error(HINT());
}

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      check: { type: 'boolean' },
      quiet: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return console.log(USAGE);
  const steps = values.only
    ?.split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (values.check) process.exitCode = report(steps) ? 0 : 1;
  else await setup({ steps, quiet: values.quiet });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    printError(error);
    process.exitCode = 1;
  }
}
