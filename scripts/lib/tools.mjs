/** Runs the tools of one set-up step: output to a log file, the last lines into the error. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';

import { ToolError } from './errors.mjs';
import { inCache } from './paths.mjs';
import { endProcessGroup, rememberChild } from './setup-lock.mjs';

const TAIL_LINES = 15;

/** Environment in which tools keep their caches inside the project and ask no questions. */
export function toolEnvironment(extra = {}) {
  const environment = {
    ...process.env,
    npm_config_cache: inCache('npm'),
    npm_config_update_notifier: 'false',
    UV_CACHE_DIR: inCache('uv'),
    UV_PYTHON_DOWNLOADS: 'never',
    UV_NO_PROGRESS: '1',
    PIP_NO_CACHE_DIR: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PYTHONNOUSERSITE: '1',
    // Libraries that otherwise write to the home folder.
    MPLCONFIGDIR: inCache('matplotlib'),
    HF_HOME: inCache('huggingface'),
    ...extra,
  };
  // uv does not read pip's variable; someone who set a mirror for pip means Python packages in general.
  if (process.env.PIP_INDEX_URL && !process.env.UV_DEFAULT_INDEX)
    environment.UV_DEFAULT_INDEX = process.env.PIP_INDEX_URL;
  // These would make our Python look for its parts elsewhere, or leave programs without bytecode.
  for (const name of ['PYTHONHOME', 'PYTHONPATH', 'PYTHONDONTWRITEBYTECODE', 'PYTHONPYCACHEPREFIX', 'VIRTUAL_ENV']) {
    delete environment[name];
  }
  return environment;
}

/**
 * @param {string} step names the log file, `<cache>/logs/<step>.log`
 * @param {AbortSignal} signal ends the running tool with everything that it started
 * @returns {(command: string, args: string[], options?: { cwd?: string, env?: object }) => Promise<void>}
 *   rejects with {@link ToolError} unless the tool exits with 0
 */
export function createToolRunner(step, signal) {
  const logFile = inCache('logs', `${step}.log`);
  mkdirSync(path.dirname(logFile), { recursive: true });
  let flags = 'w';

  return function runTool(command, args, { cwd, env } = {}) {
    signal.throwIfAborted();
    const display = [path.basename(command), ...args].join(' ');
    const log = createWriteStream(logFile, { flags });
    flags = 'a';
    log.write(`$ ${display}\n`);
    return new Promise((resolve, reject) => {
      const tail = [];
      // A process group of its own: an interruption has to end the tool's own children too, or they go on writing.
      const child = spawn(command, args, {
        cwd,
        env: toolEnvironment(env),
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      if (child.pid) rememberChild(child.pid);
      const endGroup = () => child.pid && endProcessGroup(child.pid);
      signal.addEventListener('abort', endGroup);
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => {
          log.write(text);
          tail.push(...text.split('\n').filter((line) => line.trim()));
          tail.splice(0, tail.length - TAIL_LINES);
        });
      }
      const settle = (error) => {
        signal.removeEventListener('abort', endGroup);
        log.end();
        if (error) reject(error);
        else resolve();
      };
      child.on('error', (error) => settle(new ToolError(display, error.message, '')));
      child.on('close', (code, endedBy) => {
        const reason = endedBy ? `ended by ${endedBy}` : `exit code ${code}`;
        settle(code === 0 ? undefined : new ToolError(display, reason, tail.join('\n')));
      });
    });
  };
}
