#!/usr/bin/env node
/**
 * aiperf without load, for faults and for volume: takes the same command line and configuration, writes the same files. Misbehaves as
 * `endpoint.extra.stub` of its configuration says:
 *
 *   printEnv  writes its environment and command line into its log folder
 *   seconds   how long each load takes (0)
 *   until     each load takes until this file is there
 *   fault     garbage | truncated | missing | nan | errors | exit | tokenizer
 *
 * Adds `start FOLDER`, and `end FOLDER` unless it fails, as lines to the file that STUB_BENCH_LOG names.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [, , command, option, file] = process.argv;
if (command !== 'profile' || option !== '--config') throw new Error(`unknown arguments: ${process.argv.slice(2)}`);
const { benchmark } = JSON.parse(readFileSync(file, 'utf8'));
const folder = benchmark.artifacts.dir;
const apiKey = benchmark.endpoint.apiKey.replace(/^\$\{(\w+)\}$/, (_, name) => process.env[name]);
const { seconds = 0, until, fault, printEnv } = benchmark.endpoint.extra.stub ?? {};
const log = (event) =>
  process.env.STUB_BENCH_LOG && appendFileSync(process.env.STUB_BENCH_LOG, `${event} ${path.dirname(folder)}\n`);
log('start');

mkdirSync(path.join(folder, 'logs'), { recursive: true });
// Real ones keep it to themselves; whoever runs them must not rely on that.
writeFileSync(path.join(folder, 'logs', 'aiperf.log'), `started with ${apiKey}\n`);
if (printEnv) {
  const text = [...Object.entries(process.env).map(([name, value]) => `${name}=${value}`), ...process.argv];
  writeFileSync(path.join(folder, 'logs', 'environment.bin'), Buffer.from(`\xff\0${text.join('\0')}`, 'latin1'));
}
if (fault === 'tokenizer') {
  console.error("aiperf.common.exceptions.TokenizerError: Failed to load tokenizer 'nowhere': OSError");
  process.exit(1);
}
await sleep(seconds * 1000);
while (until && !existsSync(until)) await sleep(20);
if (fault === 'exit') {
  console.error(`the key was ${apiKey}`);
  process.exit(1);
}

const [phase] = benchmark.phases;
const trace = benchmark.dataset.path && readFileSync(benchmark.dataset.path, 'utf8').trim().split('\n').map(JSON.parse);
const count = trace ? trace.length : Math.min(phase.requests, 20);
const gapMs = phase.rate ? 1000 / phase.rate : 100;
const began = Date.now();
const record = (i) => {
  const sentMs = began + (trace ? trace[i].timestamp : i * gapMs);
  const unit = 'ms';
  const metadata = {
    request_start_ns: sentMs * 1e6,
    request_end_ns: (sentMs + 110) * 1e6,
    benchmark_phase: 'profiling',
    was_cancelled: false,
  };
  if (fault === 'errors') return { metadata, metrics: {}, error: { code: 500, type: 'InternalServerError' } };
  const metrics = {
    request_latency: { value: 110, unit },
    time_to_first_token: { value: fault === 'nan' ? 'NaN' : 20, unit },
    usage_prompt_tokens: { value: 64, unit: 'tokens' },
    usage_completion_tokens: { value: 10, unit: 'tokens' },
  };
  return { metadata, metrics, error: null };
};
if (fault !== 'missing') {
  let lines = Array.from({ length: count }, (_, i) => `${JSON.stringify(record(i))}\n`).join('');
  if (fault === 'garbage') lines = '<html>\n';
  if (fault === 'truncated') lines = lines.slice(0, -30);
  writeFileSync(path.join(folder, 'profile_export.jsonl'), lines);
}
writeFileSync(
  path.join(folder, 'profile_export_aiperf.json'),
  '{"schema_version": "1.4", "aiperf_version": "0.13.0-stub"}'
);
log('end');
