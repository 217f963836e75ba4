#!/usr/bin/env node
/**
 * Measures every combination of a task several times with the real engine, for bench/search.mjs to search in: each repeat is a whole
 * grid, so that whatever changes on the machine meanwhile is part of the noise, as it is for a tune. What is there already is kept:
 * it can be stopped after any repeat and called again.
 *
 * Usage: node bench/record-surface.mjs TASK_FILE [--repeats 3] [--out FOLDER]     (bench/search/surfaces)
 */
import { execa } from 'execa';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { combinationKey } from '../dist/domain/space/combination.js';
import { createSearchSpace } from '../dist/domain/space/search-space.js';
import { modelAxes, pointOf } from '../dist/optimizers/model-based/points.js';
import { PROJECT_ROOT } from '../dist/platform/environment.js';
import { loadTaskFile } from '../dist/platform/task-file.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repeats: { type: 'string', default: '3' },
    out: { type: 'string', default: path.join(PROJECT_ROOT, 'bench', 'search', 'surfaces') },
  },
});
const [taskPath] = positionals;
if (!taskPath) throw new Error('which task file?');

const { file, task } = await loadTaskFile(taskPath);
const space = createSearchSpace(task);
const output = path.join(values.out, `${task.task_name}.json`);
const surface = existsSync(output) ? JSON.parse(readFileSync(output, 'utf8')) : empty();
await mkdir(values.out, { recursive: true });
for (; surface.repeats < Number(values.repeats);) {
  add(surface, await measureAll());
  surface.repeats++;
  await writeFile(output, `${JSON.stringify(surface)}\n`);
  console.log(`${output}: repeat ${surface.repeats} of ${values.repeats}`);
}

function empty() {
  const allowed = Array.from({ length: space.size }, (_, i) => i).filter((i) => space.allows(space.at(i)));
  return {
    name: task.task_name,
    made_by: 'bench/record-surface.mjs',
    recorded_at: new Date().toISOString(),
    machine: `${os.cpus().length} cores, ${os.cpus()[0]?.model ?? 'unknown'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    task: file,
    repeats: 0,
    axes: modelAxes(space),
    points: allowed.map((index) => ({ point: pointOf(space, index), scores: [], failures: [] })),
  };
}

/** One grid with everything real, in a state folder of its own. */
async function measureAll() {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'surface-'));
  try {
    const whole = {
      ...file,
      optimization: { ...file.optimization, strategy: 'grid_search', max_iterations: space.size },
    };
    const grid = path.join(dir, 'task.json');
    await writeFile(grid, JSON.stringify(whole));
    const env = { AUTOTUNER_STATE_DIR: path.join(dir, 'state'), AUTOTUNER_RESULTS_DIR: path.join(dir, 'results') };
    const cli = path.join(PROJECT_ROOT, 'dist', 'cli', 'main.js');
    await execa(process.execPath, [cli, 'run', grid, '--dev'], {
      env,
      stdout: 'inherit',
      stderr: 'inherit',
      reject: false,
    });
    return JSON.parse(await readFile(path.join(dir, 'results', `${task.task_name}_results.json`), 'utf8')).all_results;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function add({ points }, results) {
  const byKey = new Map(results.map((result) => [combinationKey(result.parameters), result]));
  const rows = points.map(({ point }) => point.reduce((index, digit, i) => index * space.axes[i].size + digit, 0));
  rows.forEach((index, i) => {
    const result = byKey.get(combinationKey(space.at(index)));
    if (!result) throw new Error(`no result for ${combinationKey(space.at(index))}: the grid did not end`);
    if (result.objective_score !== null) points[i].scores.push(Number(result.objective_score.toPrecision(6)));
    else points[i].failures.push(result.failure?.code ?? result.status);
  });
}
