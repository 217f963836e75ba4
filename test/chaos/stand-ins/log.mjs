/** What the stand-ins themselves saw: one JSON line per event, added in a single write so that lines of several processes never mix. */
import { appendFileSync } from 'node:fs';

const file = process.env.CHAOS_LOG;

/** @param {string} event @param {object} more */
export function log(event, more = {}) {
  // A pod has no mark of ours, and is told.
  const experiment = process.env.CHAOS_EXPERIMENT ?? (process.env.AUTOTUNER_OWNED ?? '').replace(/\.\w+$/, '');
  appendFileSync(file, `${JSON.stringify({ event, experiment, pid: process.pid, atMs: Date.now(), ...more })}\n`);
}

/** The engine's parameters as its command line has them: `--depth 3` is `{ depth: 3 }`. @param {string[]} names */
export function parametersOf(args, names) {
  return Object.fromEntries(names.map((name) => [name, Number(args[args.indexOf(`--${name}`) + 1])]));
}
