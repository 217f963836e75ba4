import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import { World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.running();
});
afterAll(() => world?.close());

const MANY = { depth: { type: 'int', min: 1, max: 50 } } as const;
const COST = { accelerators: 2, price_per_accelerator_hour: 3, currency: 'EUR' } as const;

async function results(task: string): Promise<ResultsFile> {
  return JSON.parse((await world.cli('results', task, '--json')).stdout) as ResultsFile;
}

describe('a budget', () => {
  it('is kept, seen while the tune runs, and told at the end', async () => {
    const path = await world.task('budgeted', {
      ...{ parameters: MANY, cost: COST, stub: { seconds: 1 } },
      ...{ budget: { experiments: 5, money: 100 } },
    });
    // Nothing of it has run yet.
    expect((await world.cli('plan', path)).stdout).toMatch(/duration +at most .*EUR, if every experiment uses up/);
    const tune = await world.startTune(path);
    await world.until(async () => (await tune.progress()).state.best !== null, 'there is a best');
    const { stdout } = await world.cli('status', 'budgeted');
    expect(stdout).toMatch(/finished +\d of up to 50/);
    expect(stdout).toMatch(/spent +\d experiments?, \d+ s, \S+ accelerator-hours, \S+ EUR/);
    expect(stdout).toMatch(/forecast +5 experiments, .*EUR/);
    expect(stdout).toMatch(/budget +5 experiments, 100\.00 EUR/);
    expect(stdout).toMatch(/best +\[\d\] depth=\d/);
    // The best so far, before the tune has written anything.
    expect(await results('budgeted')).toMatchObject({ best_result: { status: 'success' } });

    expect((await world.cli('watch', 'budgeted')).stdout).toContain(
      'The search ended after 5 experiments: another one, with the finals after it, was not expected to fit into the budget of 5 experiments.'
    );
    const written = await world.results('budgeted');
    expect(written).toMatchObject({
      total_experiments: 5,
      stopped_early: false,
      ended: { reason: 'experiments', stage: 'search' },
      spent: { experiments: 5, currency: 'EUR', budget: { experiments: 5, money: 100 } },
    });
    const { accelerator_hours: hours = 0, money = 0 } = written.spent;
    expect(money).toBeCloseTo(hours * 3);
    expect(hours).toBeGreaterThan((5 * 2) / 3600);
    expect((await results('budgeted')).spent).toEqual(written.spent);
    expect((await world.cli('status', 'budgeted')).stdout).toMatch(/ended +The search ended after 5 experiments/);
    expect((await world.cli('plan', path)).stdout).toMatch(/forecast +.*EUR.*, by the last run\nduration +at most/);
  });

  it('has the best so far after a stop, which is told apart from an end', async () => {
    const path = await world.task('halted', { parameters: MANY, stub: { seconds: 1 } });
    const tune = await world.startTune(path);
    await world.until(async () => (await tune.progress()).state.best !== null, 'there is a best');
    await tune.stop();
    expect(await tune.result()).toMatchObject({ ended: { reason: 'stopped' }, stoppedEarly: true });
    const found = await results('halted');
    expect(found).toMatchObject({
      stopped_early: true,
      ended: { reason: 'stopped' },
      best_result: { status: 'success' },
    });
    expect((await world.cli('results', 'halted')).stdout).toContain('because the tune was told to stop.');
    expect((await world.cli('best', 'halted')).code).toBe(0);
  });

  it('of an A/A tune is counted in starts', async () => {
    const path = await world.task('repeated', { baseline: true });
    expect((await world.cli('run', path, '--aa', '3')).code).toBe(0);
    expect((await world.cli('status', 'repeated-aa')).stdout).toMatch(/finished +3 of 3 starts/);
  });
});
