/** What failed or was lost in a tune is run again, and what was measured is not. */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectMeasuredOnce } from '../support/expect-measured-once.js';
import { World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.running();
});
afterAll(() => world?.close());

const THREE = { parameters: { depth: { type: 'choice' as const, values: [1, 2, 3] } } };
const statuses = async (name: string): Promise<[number, string][]> =>
  (await world.results(name)).all_results.map((result) => [result.experiment_id, result.status]);
const folders = async (name: string): Promise<string[]> =>
  Object.keys(await world.benchmarkStarts()).filter((folder) => folder.includes(`/${name}/`));

describe('autotuner retry-failed', () => {
  it('runs again exactly what failed, once it is mended, and keeps what was measured', async () => {
    const mended = join(world.dir, 'mended');
    const path = await world.task('mended', { ...THREE, engine: ['--breaks', '2', '--until', mended] });
    expect(await world.cli('run', path)).toMatchObject({ code: 0 });
    expect(await statuses('mended')).toEqual([
      [1, 'success'],
      [2, 'failed'],
      [3, 'success'],
    ]);
    const before = await world.results('mended');

    const dryRun = await world.cli('retry-failed', 'mended', '--dry-run');
    expect(dryRun).toMatchObject({ code: 0 });
    expect(dryRun.stdout).toMatch(/\[2\] +depth=2 +ENGINE_CRASHED\n1 to be run again/);
    await writeFile(mended, '');
    const started = await world.cli('retry-failed', 'mended', '--code', 'ENGINE_CRASHED', 'HOST_LOST');
    expect(started).toMatchObject({ code: 0, stderr: '' });
    expect(started.stdout).toBe(
      'started tune/mended again, for 1 ENGINE_CRASHED; follow it: autotuner watch tune/mended\n'
    );
    const watched = await world.cli('watch', 'mended');
    expect(watched).toMatchObject({ code: 0 });
    expect(watched.stdout).toContain('Best of 3');
    expect(watched.stdout).not.toContain('[1] depth=1: e2e');

    await expectMeasuredOnce(world, 'mended', 3);
    const after = await world.results('mended');
    expect(after.ran.retry_of).toBe(before.ran.run_id);
    expect([after.all_results[0], after.all_results[2]]).toEqual([before.all_results[0], before.all_results[2]]);
    const shown = JSON.parse((await world.cli('results', 'mended', '--json')).stdout) as object;
    expect(shown).toMatchObject({ successful_experiments: 3, ran: { retry_of: before.ran.run_id } });
  });

  it('runs again what a terminated tune has lost, while its last engine is still going down and its files are gone', async () => {
    const path = await world.task('lost', { ...THREE, stub: { seconds: 2 }, engine: ['--slow-exit', '2500'] });
    const tune = await world.startTune(path);
    await world.untilPhase(tune, 'benchmarking', 2);
    await world.temporal('workflow', 'terminate', '--workflow-id', 'tune/lost');
    const { firstRunId, outcomes } = await tune.history();
    expect(outcomes.map((outcome) => outcome.experimentId)).toEqual([1]);
    // Moved, since its last experiment still writes to it.
    await rename(join(world.dir, 'state', 'artifacts', 'lost', firstRunId), join(world.dir, 'lost-files'));

    const again = JSON.parse((await world.cli('retry-failed', 'lost', '--json')).stdout) as { again: object[] };
    expect(again).toMatchObject({ started: true, again: [{ experimentId: 2 }, { experimentId: 3, reason: 'lost' }] });
    expect(await world.cli('watch', 'lost')).toMatchObject({ code: 0 });
    expect(await statuses('lost')).toEqual([
      [1, 'success'],
      [2, 'success'],
      [3, 'success'],
    ]);
    // The first was measured in the first run alone, the last in the second alone.
    const measured = await folders('lost');
    const times = (id: number): number => measured.filter((one) => one.includes(`/experiments/${id}/`)).length;
    expect([times(1), times(3)]).toEqual([1, 1]);
    expect(await world.processes('lost')).toEqual([]);
  });

  it('refuses what makes no sense', async () => {
    expect(await world.cli('run', await world.task('sound'))).toMatchObject({ code: 0 });
    const nothing = await world.cli('retry-failed', 'sound');
    expect(nothing).toMatchObject({ code: 8, stderr: 'no experiment of tune/sound has failed or was lost\n' });
    expect((await world.cli('retry-failed', 'sound', '--dry-run')).stdout).toBe('nothing to run again\n');
    expect(await world.cli('retry-failed', 'nobody')).toMatchObject({ code: 7 });
    const unknown = await world.cli('retry-failed', 'sound', '--code', 'BAD_LUCK');
    expect(unknown).toMatchObject({ code: 2 });
    expect(unknown.stderr).toContain('it is no failure code');
    await world.cli('submit', await world.task('busy', { stub: { seconds: 30 } }));
    expect((await world.cli('retry-failed', 'busy')).stderr).toContain("'busy' is being tuned already");
    expect(await world.cli('retry-failed', 'busy')).toMatchObject({ code: 6 });
    await world.cli('cancel', 'busy');
  });
});
