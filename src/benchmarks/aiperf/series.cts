/**
 * Runs aiperf once for each load, one after another: it measures one load a start. This is the process that is detached and outlives
 * the worker. CommonJS and without imports of ours, to start fast. It ends with the first load that fails: those after it would be
 * of no use. Beside each load's files it writes when it began and ended.
 *
 * Usage: node series.cjs SERIES.json
 */
import fs = require('node:fs');
import childProcess = require('node:child_process');
import path = require('node:path');

interface Series {
  readonly program: string;
  readonly loads: readonly { readonly folder: string; readonly config: string }[];
}

const { program, loads } = JSON.parse(fs.readFileSync(process.argv[2] as string, 'utf8')) as Series;
let current: childProcess.ChildProcess | null = null;
let isEnded = false;

function record(folder: string, value: unknown): void {
  const target = path.join(folder, 'ended.json');
  fs.writeFileSync(`${target}.tmp`, JSON.stringify(value));
  fs.renameSync(`${target}.tmp`, target);
}

function measure(folder: string, config: string): Promise<number> {
  fs.mkdirSync(folder, { recursive: true });
  const beganAtMs = Date.now();
  return new Promise((resolve) => {
    const child = childProcess.spawn(program, ['profile', '--config', config], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    current = child;
    child.on('error', (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.on('exit', (code, signal) => {
      record(folder, { code, signal, beganAtMs, endedAtMs: Date.now() });
      resolve(code ?? 1);
    });
  });
}

async function main(): Promise<void> {
  for (const { folder, config } of loads) {
    if (isEnded) return;
    process.exitCode = await measure(folder, config);
    if (process.exitCode !== 0) return;
  }
}

for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => {
    isEnded = true;
    process.exitCode = 1;
    current?.kill(name);
  });
}
void main();
