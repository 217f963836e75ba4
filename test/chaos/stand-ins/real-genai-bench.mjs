#!/usr/bin/env node
/**
 * The real genai-bench, which CHAOS_GENAI_BENCH names, as a child: it says in the log when it starts, and after a clean end every value
 * that is in its files.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { log } from './log.mjs';

const args = process.argv.slice(2);
const value = (name) => args[args.indexOf(name) + 1];

log('bench-start');
const child = spawn(process.env.CHAOS_GENAI_BENCH, args, { stdio: 'inherit' });
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
const [code, signal] = await once(child, 'exit');
if (code === 0) {
  const folder = path.join(value('--experiment-base-dir'), value('--experiment-folder-name'));
  for (const name of readdirSync(folder).filter((file) => /_time_\d+s\.json$/.test(file)))
    level(path.join(folder, name));
  log('bench-end');
}
process.exitCode = code ?? 128 + constants.signals[signal];

function level(file) {
  const { num_concurrency, stats, error_codes_frequency } = JSON.parse(readFileSync(file, 'utf8')).aggregated_metrics;
  const failed = Object.values(error_codes_frequency).reduce((sum, count) => sum + count, 0);
  log('bench-level', { concurrency: num_concurrency, latency_s: stats.e2e_latency.mean, failed });
}
