/** Runs programs for a script. */
import { execFile, spawn } from 'node:child_process';
import os from 'node:os';
import { promisify } from 'node:util';

/**
 * Run a program and keep what it prints.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: object, timeout?: number }} [options] `timeout`: ended after so many ms
 * @returns {Promise<{ exitCode: number, output: string }>} standard output and error, as they came
 */
export async function runAndCollect(command, args, options = {}) {
  let output = '';
  const exitCode = await run(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }, (child) => {
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  });
  return { exitCode, output };
}

/**
 * Run a program with this process's input and output.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: object, timeout?: number }} [options] `timeout`: ended after so many ms
 * @returns {Promise<number>} its exit code; 128 plus the signal's number if a signal ended it
 */
export function runInForeground(command, args, options = {}) {
  return run(command, args, { ...options, stdio: 'inherit' });
}

/** A termination signal is passed on once; the program decides how to end. */
function run(command, args, { timeout, ...options }, listen = () => undefined) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    listen(child);
    const timer = timeout && setTimeout(() => void endWithChildren(child.pid), timeout);
    // On Ctrl-C the terminal signals the child too; passing that on as well would count as pressing it twice.
    const hasTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
    const forwarded = hasTerminal ? ['SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
    let passedOn = false;
    const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => [
      name,
      () => {
        if (passedOn || !forwarded.includes(name)) return;
        passedOn = true;
        child.kill(name);
      },
    ]);
    for (const [name, handler] of handlers) process.on(name, handler);
    const stopListening = () => {
      clearTimeout(timer);
      handlers.forEach(([name, handler]) => process.off(name, handler));
    };
    child.on('error', (error) => {
      stopListening();
      reject(error);
    });
    child.on('close', (code, signal) => {
      stopListening();
      resolve(code ?? 128 + os.constants.signals[signal]);
    });
  });
}

/** A worker in an endless loop does not see that its parent is gone: it is ended too. Without `ps` the parent alone is. */
async function endWithChildren(pid) {
  const listed = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']).catch(() => ({ stdout: '' }));
  const pairs = listed.stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const children = pairs.filter(([, parent]) => parent === pid).map(([own]) => own);
  for (const each of [pid, ...children]) {
    try {
      process.kill(each, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  }
}
