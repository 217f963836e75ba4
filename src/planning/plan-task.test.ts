import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseTask } from '../domain/task/parse-task.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import { planSchema } from '../contracts/http/tasks.js';
import { planTask, type PlanSources } from './plan-task.js';

function exampleTask(change: object = {}): TuningTask {
  const file = JSON.parse(readFileSync('examples/local_task.json', 'utf8')) as object;
  const parsed = parseTask({ ...file, ...change });
  if ('issues' in parsed) throw new Error(JSON.stringify(parsed.issues));
  return parsed.task;
}

const NOTHING: PlanSources = {
  lastRun: () => Promise.resolve(null),
  reuse: () => Promise.resolve({ tunes: [], skipped: [] }),
};

describe('planTask', () => {
  it('says what a task would do, as numbers and in lines', async () => {
    const plan = await planTask(exampleTask(), NOTHING);
    expect(planSchema.strict().parse(plan)).toEqual(plan);
    expect(plan).toMatchObject({
      combinations: { size: 6, allowed: 6, pruned: 0, exact: true },
      experiments: { most: 6, strategy: 'grid_search' },
      forecast: { lastRun: null, timeLimits: { basis: 'time_limits' } },
      first: { isExample: false, command: expect.stringMatching(/^llama-server /) },
    });
    const labels = plan.lines.map(({ label }) => label).filter(Boolean);
    expect(labels).toEqual(expect.arrayContaining(['task', 'combinations', 'finals', 'duration', 'command']));
  });

  it('forecasts by the last run, and says so', async () => {
    const timings_s = {
      queued: 0,
      deploying: 1,
      starting: 4,
      warming_up: 1,
      benchmarking: 10,
      benchmark_tool: 2,
      tearing_down: 1,
      total: 17,
    };
    const one = { status: 'success', timings_s };
    const last = { all_results: [one, one, one], baseline: one, finalists: [] } as unknown as ResultsFile;
    const plan = await planTask(exampleTask(), { ...NOTHING, lastRun: () => Promise.resolve(last) });
    expect(plan.forecast.lastRun?.basis).toBe('experiments');
    expect(plan.lines.find(({ label }) => label === 'forecast')?.text).toMatch(/, by the last run$/);
    const seconds = plan.forecast.lastRun?.total.wall_time?.mid ?? 0;
    expect(seconds).toBeGreaterThan(6 * 17);
    expect(seconds).toBeLessThan(plan.forecast.timeLimits?.total.wall_time?.high ?? 0);
  });

  it('only shows an example where the strategy learns', async () => {
    const plan = await planTask(exampleTask({ optimization: { strategy: 'tpe', max_iterations: 3 } }), NOTHING);
    expect(plan.first?.isExample).toBe(true);
    expect(plan.lines.some(({ label }) => label === 'for example')).toBe(true);
  });

  it('has the finals of nothing where there is no baseline', async () => {
    const plan = await planTask(exampleTask({ baseline: false }), NOTHING);
    expect(plan.finals).toMatchObject({ least: 0, most: 0 });
  });

  it('passes on what the guide warns of', async () => {
    const plan = await planTask(exampleTask({ parameters: { threads: { type: 'choice', values: [-5, 2] } } }), NOTHING);
    for (const { level, words } of plan.warnings) expect(plan.lines).toContainEqual({ label: level, text: words });
  });
});
