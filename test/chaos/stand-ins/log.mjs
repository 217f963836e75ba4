/** What the stand-ins themselves saw: one JSON line per event, added in a single write so that lines of several processes never mix. */
import { appendFileSync } from 'node:fs';

const file = process.env.CHAOS_LOG;

/** @param {string} event @param {object} more */
export function log(event, more = {}) {
  const experiment = (process.env.AUTOTUNER_OWNED ?? '').replace(/\.\w+$/, '');
  appendFileSync(file, `${JSON.stringify({ event, experiment, pid: process.pid, atMs: Date.now(), ...more })}\n`);
}
