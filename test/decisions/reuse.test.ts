/** A later tune of the same model, engine and machine starts from what an earlier one has stored. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.running();
});
afterAll(() => world?.close());

const parameters = { depth: { type: 'int', min: 1, max: 12 } } as const satisfies TaskFile['parameters'];
const task = (name: string, optimization: TaskFile['optimization'] = {}): Promise<string> =>
  world.task(name, {
    parameters,
    engine: ['--breaks', '7', '--until', join(world.dir, 'never')],
    optimization: { strategy: 'bayesian', max_iterations: 3, ...optimization },
  });

describe('a tune after another one', () => {
  it('starts from what is known, says so, and measures everything itself', async () => {
    // A grid learns nothing, and is learned from; its seventh combination does not start.
    const first = await world.cli('run', await task('first', { strategy: 'grid_search', max_iterations: 8 }));
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).not.toContain('earlier tune');

    const path = await task('second');
    const plan = await world.cli('plan', path);
    expect(plan.stdout).toMatch(/reuses +8 observations of first, \d{4}-\d\d-\d\d \(stub on \d+ x .*\)/);
    expect(plan.stdout).toMatch(/known to crash: depth=7 \(ENGINE_CRASHED\)/);
    const second = await world.cli('run', path);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toContain('reused: 8 observations of first');
    expect(second.stdout).toContain('The search began with 8 observations of 1 earlier tune.');
    const { ran, all_results } = await world.results('second');
    expect(all_results).toHaveLength(3);
    expect(all_results.map(({ parameters: { depth } }) => depth)).not.toContain(7);
    expect(ran.reused).toMatchObject({
      observations: 8,
      tunes: [{ task_name: 'first', crashed: 1, used: true }],
      known_to_crash: [{ parameters: { depth: 7 }, code: 'ENGINE_CRASHED' }],
    });
    expect(JSON.parse((await world.cli('results', 'second', '--json')).stdout)).toMatchObject({
      ran: { reused: ran.reused },
    });
  });

  it('does without when it is told to, or has a seed', async () => {
    const unaided = await world.cli('run', '--no-reuse', await task('unaided'));
    expect(unaided).toMatchObject({ code: 0, stderr: '' });
    const seeded = await world.cli('run', await task('seeded', { seed: 0 }));
    for (const { stdout } of [unaided, seeded]) expect(stdout).not.toMatch(/reused|earlier tune/);
    expect((await world.results('unaided')).ran.reused).toBeUndefined();
  });

  it('is not kept from its work by files that are none of ours', async () => {
    const folder = join(world.dir, 'state', 'artifacts', 'hostile', 'run');
    await mkdir(join(folder, 'experiments', '1'), { recursive: true });
    await writeFile(join(folder, 'task.json'), `${'['.repeat(100_000)}`);
    await writeFile(join(world.dir, 'results', 'hostile_results.json'), '\u0000');
    const ran = await world.cli('run', await task('undeterred'));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('reused: not hostile: its file holds no JSON');
  });
});
