/** What goes on around tunes: schedules, servers that are not there, folders that cannot be written, what was left behind. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRan } from '../support/expect-ran.js';
import { World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.running();
});
afterAll(() => world?.close());

/** A folder on a full disk where we may mount one; otherwise a file where the folder should be. @returns what mends it. */
async function fillUp(folder: string): Promise<() => Promise<unknown>> {
  await mkdir(folder);
  try {
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=4k,nr_inodes=2', 'tmpfs', folder]);
    await writeFile(join(folder, 'fill'), 'x'.repeat(4096));
    return () => execa('umount', [folder]);
  } catch {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file is in the way');
    return () => rm(folder);
  }
}

describe('autotuner', () => {
  it('says how to reach Temporal when it cannot', async () => {
    const alone = await World.create();
    try {
      expectRan(
        await alone.cli('list'),
        4,
        /no Temporal server answers at 127\.0\.0\.1:\d+: start one with 'autotuner dev'/
      );
      const doctor = await alone.cli('doctor');
      expect(doctor.stdout).toMatch(/warning +Temporal/);
    } finally {
      await alone.close();
    }
  });

  it('names the process that holds a port', async () => {
    const alone = await World.create();
    try {
      const ran = await alone.cli('dev', '--port', `${world.port}`);
      expectRan(ran, 4, /port \d+ is in use by process \d+: choose another one with --port/);
    } finally {
      await alone.close();
    }
  });

  it('keeps a schedule: create, list, trigger, pause, resume, delete', async () => {
    const path = await world.task('nightly');
    expect(await world.cli('schedule', 'create', path, '--cron', '0 3 * * *')).toMatchObject({ code: 0 });
    expectRan(await world.cli('schedule', 'create', path, '--every', '24h'), 8, /has a schedule already/);
    expectRan(await world.cli('schedule', 'create', path), 2, /say when/);
    await world.until(
      async () => /tune-nightly +active +\S+T03:00:00/.test((await world.cli('schedule', 'list')).stdout),
      'it is listed'
    );
    await world.cli('schedule', 'trigger', 'nightly');
    await world.until(async () => {
      const listed = JSON.parse((await world.cli('list', 'nightly', '--json')).stdout) as {
        workflowId: string;
        status: string;
      }[];
      return listed.some((info) => /^tune\/nightly-2/.test(info.workflowId) && info.status === 'completed');
    }, 'a tune with an id of its own has ended');
    expect((await world.cli('best', 'nightly')).stdout).toContain('Best of 2');
    await world.cli('schedule', 'pause', 'nightly');
    await world.until(async () => (await world.cli('schedule', 'list')).stdout.includes('paused'), 'it is paused');
    expect((await world.cli('schedule', 'resume', 'nightly')).code).toBe(0);
    expect((await world.cli('schedule', 'delete', 'nightly')).code).toBe(0);
    await world.until(async () => (await world.cli('schedule', 'list')).stdout.includes('no schedules'), 'it is gone');
  });

  it('keeps every measurement when the results folder cannot be written, and writes it later', async () => {
    const results = join(world.dir, 'results');
    await rm(results, { recursive: true, force: true });
    const repair = await fillUp(results);
    const ran = await world.cli('run', await world.task('unwritable'));
    expect(ran.stdout).toMatch(/the tune failed \(RESULTS_UNWRITABLE\)/);
    expect(ran.code).toBe(5);
    await repair();
    expect(await world.cli('results', 'unwritable', '--write')).toMatchObject({ code: 0 });
    expect((await world.results('unwritable')).all_results.map((item) => item.status)).toEqual(['success', 'success']);
  });

  it('gc takes down what a terminated experiment left, and nothing else', async () => {
    await world.cli('submit', await world.task('orphaned', { stub: { seconds: 600 } }));
    await world.until(async () => (await world.processes('orphaned')).length >= 4, 'engine and benchmark run');
    await world.temporal('workflow', 'terminate', '--workflow-id', 'tune/orphaned/1');
    await world.cli('cancel', 'orphaned');
    expect((await world.cli('gc')).stdout).toContain('0 removed');
    // What is younger than a minute may belong to a workflow that the server has not stored yet.
    await world.age();
    const { removed } = JSON.parse((await world.cli('gc', '--json')).stdout) as { removed: { name: string }[] };
    expect(removed).not.toHaveLength(0);
    for (const { name } of removed) expect(name).toMatch(/^orphaned-exp1-/);
    expect(await world.processes('orphaned')).toEqual([]);
  });
});
