#!/usr/bin/env node
/**
 * How good a search is, without an engine: replays the strategies and their rivals on random landscapes and on recorded surfaces, and
 * times the suggestions as a worker asks for them. bench/search/ is what it replays; docs/search.md says how to read the tables.
 *
 * Usage: npm run bench:search -- [--seeds 100] [--first 0] [--processes 2] [--quick] [--only NAME] [--stopping]
 *
 * `--first` is the first seed: the algorithm was tuned on seeds from 1000 on, and is judged on those from 0. `--quick` replays the main
 * case only. `--only` replays those cases whose title contains the text. `--stopping` shows instead what `optimization.stop_when` saves
 * and costs.
 */
import { execa } from 'execa';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

import { ModelProcess } from '../dist/optimizers/model-based/model-process.js';
import { optimizerCommand, PROJECT_ROOT } from '../dist/platform/environment.js';
import { printSearch } from './support/search-report.mjs';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    first: { type: 'string', default: '0' },
    processes: { type: 'string', default: '2' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    stopping: { type: 'boolean', default: false },
  },
});
const HERE = path.join(PROJECT_ROOT, 'bench', 'search');
const { command, cwd, env } = optimizerCommand();
if (!command) throw new Error('the optimizer is not installed: node scripts/setup.mjs --only optimizer');
if (values.stopping) {
  const flags = ['seeds', 'first', 'processes'].flatMap((name) => [`--${name}`, values[name]]);
  const script = path.join(HERE, 'stopping.py');
  await execa(command[0], [script, ...flags], { env, extendEnv: false, stdio: 'inherit' });
  process.exit();
}
const LEARNERS = 'random,TPE constraints,bayesian';
const MAIN = { title: 'main case', combinations: 480, crashes: 0.3, noise: 0.03, budget: 30 };

/** Each case with what it changes in the main one; the smaller ones have fewer seeds. */
const CASES = [
  MAIN,
  { ...MAIN, title: 'few crashes, much noise', crashes: 0.1, noise: 0.1, share: 0.5, rivals: LEARNERS },
  { ...MAIN, title: 'half of it crashes', crashes: 0.5, noise: 0.01, share: 0.5, rivals: LEARNERS },
  { ...MAIN, title: 'medium space', combinations: 180, budget: 24, share: 0.5, rivals: LEARNERS },
  { ...MAIN, title: 'small space', combinations: 48, crashes: 0.2, budget: 15, share: 0.5, rivals: LEARNERS },
  ...surfaces(),
];

const cases = CASES.filter((one) => one.title.includes(values.only) && (!values.quick || one === MAIN));
for (const one of cases) {
  const runs = await replay(one);
  printSearch(one, runs);
  for (const edge of one === MAIN ? [false, true] : []) {
    const title = `of these, the best ${edge ? '' : 'not '}next to a crash`;
    printSearch(
      { ...one, title },
      runs.filter((run) => run.edge === edge)
    );
  }
}
await timeSuggestions();

/** What was recorded with the real engine: the budget is a third of the grid. */
function surfaces() {
  const folder = path.join(HERE, 'surfaces');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const surface = path.join(folder, name);
      const { points } = JSON.parse(readFileSync(surface, 'utf8'));
      return { title: `recorded: ${path.parse(name).name}`, surface, budget: Math.ceil(points.length / 3), share: 0.5 };
    });
}

async function replay({ title: _, share = 1, ...options }) {
  const seeds = Math.max(1, Math.round(Number(values.seeds) * share));
  const flags = Object.entries({ ...options, seeds, first: values.first, processes: values.processes });
  const args = flags.flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const python = execa(command[0], [path.join(HERE, 'replay.py'), ...args], { env, extendEnv: false, buffer: false });
  python.stderr.pipe(process.stderr);
  const runs = [];
  for await (const line of createInterface({ input: python.stdout })) runs.push(JSON.parse(line));
  await python;
  return runs;
}

/** At 500 observations of a space of 2,000 combinations, through the process, as a worker does. */
async function timeSuggestions() {
  const model = new ModelProcess({ command, cwd, env, answerWithinMs: 60_000 });
  const axes = [10, 10, 5, 4].map((size) => ({ kind: 'range', size }));
  const all = Array.from({ length: 2000 }, (_, i) => [
    Math.floor(i / 200),
    Math.floor(i / 20) % 10,
    Math.floor(i / 4) % 5,
    i % 4,
  ]);
  const shuffled = all
    .map((point, i) => [(i * 7919) % 2000, point])
    .sort(([a], [b]) => a - b)
    .map(([, point]) => point);
  const observe = (point, i) => {
    const crashed = point[0] + point[1] > 14;
    const score =
      1 + (point[0] / 9 - 0.6) ** 2 + Math.abs(point[1] - 4) / 9 + point[2] / 20 + Math.abs(Math.sin(i)) * 0.03;
    return { point, scores: crashed ? null : [score], violation: 0 };
  };
  const observations = shuffled.slice(0, 500).map(observe);
  const candidates = shuffled.slice(500);
  try {
    for (const strategy of ['bayesian', 'tpe']) {
      const times = [];
      for (let seed = 0; seed < 21; seed++) {
        const startedAtMs = performance.now();
        await model.ask({ strategy, axes, observations, pending: [], candidates, count: 1, seed });
        times.push(performance.now() - startedAtMs);
      }
      // The first holds the start of the process.
      const sorted = times.slice(1).sort((a, b) => a - b);
      console.log(
        `time per suggestion at 500 observations, ${strategy}: median ${sorted[10].toFixed(0)} ms, p95 ${sorted[18].toFixed(0)} ms`
      );
    }
  } finally {
    model.close();
  }
}
