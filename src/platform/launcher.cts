/**
 * The parent of an owned process. It is started detached, runs the command of its spec file, and writes down when and, at the end,
 * the exit status: so that both are known although the worker that started it has died. Of several that were started for one folder,
 * as by two workers at once, the first runs the command and the others end. CommonJS and without imports of ours, to start fast.
 *
 * Usage: node launcher.cjs SPEC.json
 */
import fs = require('node:fs');
import childProcess = require('node:child_process');
import path = require('node:path');

const specFile = process.argv[2] as string;
const folder = path.dirname(specFile);
const spec = JSON.parse(fs.readFileSync(specFile, 'utf8')) as { command: string[]; cwd: string };

/** Writes a whole file or none. */
function record(name: string, value: unknown, place: (draft: string, target: string) => void): void {
  const draft = path.join(folder, `${name}.${process.pid}.tmp`);
  fs.writeFileSync(draft, JSON.stringify(value));
  place(draft, path.join(folder, name));
}

/** A link cannot replace what is there. */
function isFirst(): boolean {
  // The same clock as the workers'.
  const uptimeMs = Number(process.hrtime.bigint() / 1_000_000n);
  try {
    record('started.json', { uptimeMs }, (draft, target) => {
      try {
        fs.linkSync(draft, target);
      } finally {
        fs.unlinkSync(draft);
      }
    });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function run([file, ...args]: string[]): void {
  const child = childProcess.spawn(file as string, args, { cwd: spec.cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = (code: number | null, signal: string | null): void =>
    record('exit.json', { code, signal, atMs: Date.now() }, fs.renameSync);
  child.on('error', (error) => {
    console.error(error.message);
    ended(127, null);
  });
  child.on('exit', ended);
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => child.kill(name));
}

if (isFirst()) run(spec.command);
