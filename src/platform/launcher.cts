/**
 * The parent of an owned process. It is started detached, runs the command of its spec file, and writes down the pid and, at the
 * end, the exit status: so that both are known although the worker that started it has died. CommonJS and without imports of ours,
 * to start fast.
 *
 * Usage: node launcher.cjs SPEC.json
 */
import fs = require('node:fs');
import childProcess = require('node:child_process');
import path = require('node:path');

const specFile = process.argv[2] as string;
const folder = path.dirname(specFile);
const spec = JSON.parse(fs.readFileSync(specFile, 'utf8')) as { command: string[]; cwd: string };

function record(name: string, value: unknown): void {
  const target = path.join(folder, name);
  fs.writeFileSync(`${target}.tmp`, JSON.stringify(value));
  fs.renameSync(`${target}.tmp`, target);
}

const [file, ...args] = spec.command;
const child = childProcess.spawn(file as string, args, { cwd: spec.cwd, stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => {
  console.error(error.message);
  record('exit.json', { code: 127, signal: null, atMs: Date.now() });
});
child.on('spawn', () => record('started.json', { pid: child.pid, atMs: Date.now() }));
child.on('exit', (code, signal) => record('exit.json', { code, signal, atMs: Date.now() }));
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => child.kill(name));
