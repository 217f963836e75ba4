#!/usr/bin/env node
/**
 * What the tuner adds to each experiment. First with an engine that is ready at once and a load generator that returns at once, both
 * real processes: all that is left is orchestration. Then, with --results, in a tune that was really run: the share of the time in
 * which neither an engine started nor anything was warmed up or measured.
 *
 * Usage: npm run bench:overhead -- [EXPERIMENTS] [--results FILE] [--backend ome]
 *   npm run demo && npm run bench:overhead -- 20 --results results/local-tune_results.json
 */
import { execa } from 'execa';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { results: { type: 'string' }, backend: { type: 'string', default: 'process' } },
});
const experiments = Number(positionals[0] ?? 20);
const inProject = (...parts) => fileURLToPath(new URL(path.join('..', ...parts), import.meta.url));
if (values.backend === 'ome') {
  const { measureOme } = await import('./overhead-ome.mjs');
  await measureOme(experiments);
  process.exit();
}
const dir = await mkdtemp(path.join(tmpdir(), 'overhead-'));
try {
  report('stub engine and stub load generator, real processes', await tune(await writeStubTask(), stubVariables()));
  if (values.results) report(values.results, JSON.parse(await readFile(values.results, 'utf8')));
} finally {
  await rm(dir, { recursive: true, force: true });
}

/** Runs a task on servers of its own. @returns its results file */
async function tune(task, variables) {
  console.error(`running ${task} ...`);
  const env = {
    AUTOTUNER_STATE_DIR: path.join(dir, 'state'),
    AUTOTUNER_RESULTS_DIR: path.join(dir, 'results'),
    ...variables,
  };
  await execa(process.execPath, [inProject('dist', 'cli', 'main.js'), 'run', task, '--dev'], { env, stdout: 'ignore' });
  const { task_name: name } = JSON.parse(await readFile(task, 'utf8'));
  return JSON.parse(await readFile(path.join(dir, 'results', `${name}_results.json`), 'utf8'));
}

function report(title, { all_results, baseline, finalists, elapsed_time: elapsed }) {
  const results = [...all_results, ...(baseline ? [baseline] : []), ...finalists.flatMap(({ rounds }) => rounds)];
  const seconds = (...phases) => results.map(({ timings_s: t }) => phases.reduce((sum, phase) => sum + t[phase], 0));
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  const useful = sum(seconds('starting', 'warming_up', 'benchmarking')) - sum(seconds('benchmark_tool'));
  const row = (name, numbers) => console.log(`  ${name.padEnd(42)} ${describe(numbers)}`);
  console.log(`\n${title}: ${results.length} experiments in ${elapsed.toFixed(1)} s`);
  row('whole experiment', seconds('total'));
  for (const phase of ['queued', 'deploying', 'starting', 'warming_up', 'benchmarking', 'tearing_down'])
    row(phase, seconds(phase));
  row("benchmarking: the tool's own part", seconds('benchmark_tool'));
  const rest = elapsed - useful - sum(seconds('benchmark_tool'));
  console.log(
    `  per experiment, everything counted            ${(elapsed / results.length).toFixed(3)} s of wall time`
  );
  console.log(`  engine start, warm-up and measurement         ${percent(useful / elapsed)} of the wall time`);
  console.log(`  the load generator's own start and reports    ${percent(sum(seconds('benchmark_tool')) / elapsed)}`);
  console.log(
    `  the tuner                                     ${percent(rest / elapsed)}, ${(rest / results.length).toFixed(3)} s per experiment`
  );
}

function describe(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(3);
  return `median ${at(0.5)} s   min ${at(0)} s   max ${at(1)} s`;
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`.padStart(6);
}

async function writeStubTask() {
  const stub = inProject('test', 'support', 'stubs', 'stub-engine.mjs');
  const file = path.join(dir, 'stub-task.json');
  const task = {
    task_name: 'overhead',
    backend: 'process',
    engine: { command: [process.execPath, stub, '--port', '{port}', '--api-key-file', '{api_key_file}'] },
    model: { name: 'none' },
    parameters: { x: { type: 'int', min: 1, max: experiments } },
    baseline: false,
    optimization: { max_iterations: experiments },
    benchmark: { model_name: 'none', model_tokenizer: 'tok', num_concurrency: [1, 4] },
  };
  await writeFile(file, JSON.stringify(task));
  await mkdir(path.join(dir, 'models', 'tok'), { recursive: true });
  await writeFile(path.join(dir, 'models', 'tok', 'tokenizer.json'), '{}');
  return file;
}

function stubVariables() {
  return {
    AUTOTUNER_ALLOW_COMMAND: '1',
    AUTOTUNER_MODELS_DIR: path.join(dir, 'models'),
    GENAI_BENCH_PATH: inProject('test', 'support', 'stubs', 'stub-genai-bench.mjs'),
  };
}
