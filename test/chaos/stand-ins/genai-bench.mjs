#!/usr/bin/env node
/**
 * genai-bench with three real requests per level: takes the same options and writes the same files. What it measures is what the
 * engine says of itself. It says in the log when it starts and ends, and every value that it writes.
 *
 * `--additional-request-params '{"chaos": {"seconds": 0.3}}'` is how long each level takes.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { log } from './log.mjs';

const REQUESTS = 3;
const REQUEST_TIMEOUT_MS = 3000;
const text = { type: 'string' };
const { values } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    'traffic-scenario': { ...text, multiple: true },
    'num-concurrency': { ...text, multiple: true },
    'additional-request-params': text,
    'experiment-base-dir': text,
    'experiment-folder-name': text,
    'api-key': text,
    'api-base': text,
  },
});
const { seconds = 0 } = JSON.parse(values['additional-request-params'] ?? '{}').chaos ?? {};
// As the real one: its environment counts more than the option.
const key = process.env.MODEL_API_KEY ?? values['api-key'] ?? '';
const fixture = new URL(
  '../../fixtures/genai-bench/D64_32_text-to-text_num_concurrency_4_time_6s.json',
  import.meta.url
);
const template = JSON.parse(readFileSync(fixture, 'utf8'));

log('bench-start');
const folder = path.join(values['experiment-base-dir'], values['experiment-folder-name']);
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'experiment_metadata.json'), JSON.stringify({ benchmark_version: '0.0.5-chaos' }));
for (const scenario of values['traffic-scenario']) {
  for (const concurrency of values['num-concurrency'].map(Number)) await level(scenario, concurrency);
}
log('bench-end');

async function level(scenario, concurrency) {
  const answers = [];
  const startedAt = performance.now();
  for (let i = 0; i < REQUESTS; i++) {
    answers.push(await ask());
    await sleep((seconds * 1000) / REQUESTS);
  }
  const good = answers.filter((answer) => answer !== null);
  log('bench-level', {
    parameters: good[0]?.parameters,
    concurrency,
    latency_s: good[0]?.latency_s,
    failed: REQUESTS - good.length,
  });
  // The real one writes no file for a level of which no request finished.
  if (good.length === 0) return;
  const failed = REQUESTS - good.length;
  const stats = structuredClone(template.aggregated_metrics.stats);
  for (const name of ['ttft', 'tpot', 'e2e_latency'])
    for (const statistic of Object.keys(stats[name])) stats[name][statistic] = good[0].latency_s;
  const metrics = {
    ...template.aggregated_metrics,
    scenario,
    num_concurrency: concurrency,
    stats,
    run_duration: (performance.now() - startedAt) / 1000,
    num_requests: REQUESTS,
    num_completed_requests: good.length,
    num_error_requests: failed,
    error_rate: failed / REQUESTS,
    error_codes_frequency: failed > 0 ? { '-1': failed } : {},
  };
  const name = `${scenario.replace(/\W+/g, '_')}_text-to-text_num_concurrency_${concurrency}_time_1s.json`;
  writeFileSync(
    path.join(folder, name),
    JSON.stringify({ aggregated_metrics: metrics, _time_unit: template._time_unit })
  );
}

/** @returns null when the engine gives no answer in time. */
async function ask() {
  try {
    const response = await fetch(`${values['api-base']}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'x' }], max_tokens: 1 }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
