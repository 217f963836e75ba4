#!/usr/bin/env node
/**
 * genai-bench without load, for faults and for volume: takes the same options, writes the same files, takes the API key from the
 * same places and leaks it in the same. Misbehaves as `--additional-request-params '{"stub": {...}}'` says:
 *
 *   printEnv  writes its environment into its log folder
 *   seconds   how long each level takes (0)
 *   until     each level takes until this file is there
 *   fault     garbage | truncated | missing | nan | exit | tokenizer
 *
 * Adds `start FOLDER`, and `end FOLDER` unless it fails, as lines to the file that STUB_BENCH_LOG names.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const text = { type: 'string' };
const { values } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    'traffic-scenario': { type: 'string', multiple: true },
    'num-concurrency': { type: 'string', multiple: true },
    'additional-request-params': text,
    'experiment-base-dir': text,
    'experiment-folder-name': text,
    'log-dir': text,
    'api-key': text,
  },
});
const apiKey = process.env.MODEL_API_KEY || values['api-key'];
const { seconds = 0, until, fault, printEnv } = JSON.parse(values['additional-request-params'] ?? '{}').stub ?? {};
const log = (event) =>
  process.env.STUB_BENCH_LOG &&
  appendFileSync(process.env.STUB_BENCH_LOG, `${event} ${values['experiment-base-dir']}\n`);
log('start');

const folder = path.join(values['experiment-base-dir'], values['experiment-folder-name']);
mkdirSync(folder, { recursive: true });
mkdirSync(values['log-dir'], { recursive: true });
const cmd = `genai-bench --api-key ${values['api-key']} --model-api-key ${apiKey}`;
const leak = JSON.stringify({ cmd, benchmark_version: '0.0.5-stub' });
writeFileSync(path.join(folder, 'experiment_metadata.json'), leak);
writeFileSync(path.join(values['log-dir'], 'genai-bench.log'), `started with ${apiKey}\n`);
if (printEnv) {
  const text = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
  writeFileSync(path.join(values['log-dir'], 'environment.bin'), Buffer.from(`\xff\0${text.join('\0')}`, 'latin1'));
}

if (fault === 'tokenizer') {
  console.error("OSError: Can't load tokenizer for 'nowhere'");
  process.exit(1);
}
const fixture = new URL(
  '../../fixtures/genai-bench/D64_32_text-to-text_num_concurrency_4_time_6s.json',
  import.meta.url
);
const template = JSON.parse(readFileSync(fileURLToPath(fixture), 'utf8'));
for (const scenario of values['traffic-scenario']) {
  for (const concurrency of values['num-concurrency'].map(Number)) {
    await sleep(seconds * 1000);
    while (until && !existsSync(until)) await sleep(20);
    if (fault === 'missing') continue;
    if (fault === 'exit') {
      console.error(`the key was ${apiKey}`);
      process.exit(1);
    }
    const metrics = {
      ...template.aggregated_metrics,
      scenario,
      num_concurrency: concurrency,
      run_duration: seconds || 0.001,
    };
    const { individual_request_metrics, _time_unit } = template;
    let body = JSON.stringify({ aggregated_metrics: metrics, individual_request_metrics, _time_unit });
    if (fault === 'garbage') body = '<html>';
    if (fault === 'truncated') body = body.slice(0, 100);
    if (fault === 'nan') body = body.replace(/"requests_per_second":[\d.]+/, '"requests_per_second":NaN');
    const name = `${scenario.replace(/\W+/g, '_')}_text-to-text_num_concurrency_${concurrency}_time_${Math.ceil(seconds)}s.json`;
    writeFileSync(path.join(folder, name), body);
  }
}
log('end');
