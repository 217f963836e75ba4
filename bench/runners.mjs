#!/usr/bin/env node
/**
 * genai-bench and aiperf side by side: the same closed-loop loads on the same running engine, in turns whose order changes, so that a
 * drift of the machine meets both alike. What differs by more than the rounds differ among themselves, the tools do differently.
 *
 * Usage: npm run bench:runners -- [--rounds 4] [--requests 24] [--scenario 'D(100,32)'] [--concurrency 1,4] [--threads 2]
 * Needs: npm run setup && npm run setup -- --only aiperf
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { AiperfRunner } from '../dist/benchmarks/aiperf/aiperf-runner.js';
import { GenaiBenchRunner } from '../dist/benchmarks/genai-bench/genai-bench-runner.js';
import { loadsOf } from '../dist/domain/loads/load.js';
import { parseTask } from '../dist/domain/task/parse-task.js';
import { embeddedEngine, findTool, readEnvironment } from '../dist/platform/environment.js';
import { OwnedProcesses } from '../dist/platform/owned-process.js';
import { findFreePort } from '../dist/platform/ports.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '4' },
    requests: { type: 'string', default: '24' },
    scenario: { type: 'string', default: 'D(100,32)' },
    concurrency: { type: 'string', default: '1,4' },
    threads: { type: 'string', default: '2' },
  },
});
const MODEL = 'smollm2-135m-instruct';
const API_KEY = 'of-this-benchmark-alone';
const METRICS = [
  ['requests/s', (load) => load.requests_per_s],
  ['output tokens/s', (load) => load.output_tokens_per_s],
  ['input tokens/s', (load) => load.input_tokens_per_s],
  ['TTFT mean, ms', (load) => load.ttft_s.mean * 1000],
  ['TTFT p95, ms', (load) => load.ttft_s.p95 * 1000],
  ['TPOT mean, ms', (load) => load.tpot_s.mean * 1000],
  ['E2E mean, ms', (load) => load.e2e_latency_s.mean * 1000],
  ['E2E p95, ms', (load) => load.e2e_latency_s.p95 * 1000],
];

// What was started is ended, too.
const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => interruption.abort(new Error(`ended by ${name}`)));

const environment = readEnvironment();
const dir = await mkdtemp(path.join(tmpdir(), 'runners-'));
const { engine, baseUrl, apiKeyFile } = await startEngine();
try {
  const processes = new OwnedProcesses(path.join(dir, 'leases'));
  const { modelsDir, tracesDir } = environment;
  const runners = [
    new GenaiBenchRunner(processes, modelsDir, () => findTool('genai-bench')),
    new AiperfRunner(processes, { modelsDir, tracesDir }, () => findTool('aiperf')),
  ];
  const measured = { 'genai-bench': [], aiperf: [] };
  const tool = { 'genai-bench': [], aiperf: [] };
  await measure(runners[0], -1);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const runner of round % 2 === 0 ? runners : [...runners].reverse()) {
      const { measurements, toolSeconds } = await measure(runner, round);
      measured[runner.name].push(measurements);
      tool[runner.name].push(toolSeconds);
    }
  }
  report(measured, tool);
} finally {
  engine.kill();
  await rm(dir, { recursive: true, force: true });
}

/** A round of -1 is thrown away: it warms everything up. */
async function measure(runner, round) {
  console.error(`${round < 0 ? 'warm-up' : `round ${round + 1}`}: ${runner.name} ...`);
  const { task } = parseTask({
    task_name: 'runners',
    backend: 'process',
    engine: 'llama.cpp',
    model: { name: MODEL },
    parameters: {},
    optimization: {},
    benchmark: {
      runner: runner.name,
      model_name: MODEL,
      traffic_scenarios: [values.scenario],
      num_concurrency: values.concurrency.split(',').map(Number),
      max_requests_per_iteration: Number(values.requests),
      additional_params: { ignore_eos: true, temperature: 0, cache_prompt: false },
    },
  });
  const name = `runners-exp${round + 1}-0123456789`;
  try {
    return await runner.run(
      {
        ...{ name, owner: { workflowId: 'bench', runId: 'bench', taskName: 'runners', experimentId: 1 } },
        ...{ endpoint: { baseUrl, modelName: MODEL, apiKeyFile }, benchmark: task.benchmark, ome: task.ome },
        ...{ disturbances: async () => [], beforeLoad: async () => {}, loads: loadsOf(task.benchmark) },
        ...{ outputDir: path.join(dir, `${runner.name}-${round}`), timeoutMs: 3_600_000 },
      },
      { signal: interruption.signal, onProgress: () => {} }
    );
  } finally {
    await runner.stop(name);
  }
}

function report(measured, tool) {
  const [one, other] = ['genai-bench', 'aiperf'];
  console.log(
    `\n${values.scenario}, ${values.requests} requests per load, ${values.rounds} rounds; mean ± standard deviation over the rounds`
  );
  measured[one][0].forEach((load, at) => {
    console.log(
      `\nconcurrency ${load.concurrency}\n${''.padEnd(18)} ${one.padStart(18)} ${other.padStart(18)}   difference`
    );
    for (const [name, read] of METRICS) {
      const [a, b] = [one, other].map((runner) => spread(measured[runner].map((loads) => read(loads[at]))));
      const error = Math.hypot(a.error, b.error);
      const difference = `${(((b.mean - a.mean) / a.mean) * 100).toFixed(1)} % ± ${((error / a.mean) * 200).toFixed(1)} %`;
      console.log(`${name.padEnd(18)} ${a.words.padStart(18)} ${b.words.padStart(18)}   ${difference}`);
    }
    const answered = [one, other].map((runner) =>
      measured[runner].map((loads) => loads[at].completed_requests).join(' ')
    );
    console.log(`${'requests'.padEnd(18)} ${answered.map((text) => text.padStart(18)).join(' ')}`);
  });
  for (const runner of [one, other])
    console.log(`\n${runner}: ${spread(tool[runner]).words} s of its own per start of the series`);
}

function spread(numbers) {
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const deviation = Math.sqrt(
    numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / Math.max(1, numbers.length - 1)
  );
  return {
    mean,
    error: deviation / Math.sqrt(numbers.length),
    words: `${mean.toPrecision(4)} ± ${deviation.toPrecision(2)}`,
  };
}

async function startEngine() {
  const apiKeyFile = path.join(dir, 'key');
  await writeFile(apiKeyFile, API_KEY, { mode: 0o600 });
  const port = await findFreePort(new Set(), process.pid);
  const server = findTool('llama-server');
  const [program, ...first] = server ? [server] : embeddedEngine();
  const model = path.join(environment.modelsDir, MODEL, 'model.gguf');
  const flags = {
    model,
    port,
    host: '127.0.0.1',
    alias: MODEL,
    threads: values.threads,
    parallel: 4,
    'ctx-size': 8192,
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const engine = spawn(program, [...first, ...args, '--api-key-file', apiKeyFile], { stdio: 'ignore' });
  const baseUrl = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`${baseUrl}/health`).catch(() => null);
    if (answer?.ok) return { engine, baseUrl, apiKeyFile };
    if (tries > 600 || engine.exitCode !== null) throw new Error('the engine does not serve');
    await sleep(100);
  }
}
