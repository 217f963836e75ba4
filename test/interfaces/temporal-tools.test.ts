import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { World, type Ran } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.running();
});
afterAll(() => world?.close());

/** The task file itself is the workflow's input. */
const start = (name: string, path: string): Promise<Ran> =>
  world.temporal(
    ...['workflow', 'start', '--type', 'tuneWorkflow', '--task-queue', 'autotuner'],
    ...['--workflow-id', `tune/${name}`, '--input-file', path]
  );
const result = (name: string): Promise<Ran> => world.temporal('workflow', 'result', '--workflow-id', `tune/${name}`);
const update = (name: string, update: string, ...more: string[]): Promise<Ran> =>
  world.temporal('workflow', 'update', 'execute', '--workflow-id', `tune/${name}`, '--name', update, ...more);

describe("Temporal's own command line is enough", () => {
  it('to start, ask, steer, list and await a tune', async () => {
    const path = await world.task('by-temporal', {
      stub: { seconds: 1 },
      parameters: { depth: { type: 'int', min: 1, max: 50 } },
    });
    expect(await start('by-temporal', path)).toMatchObject({ code: 0 });
    const query = await world.until(async () => {
      const ran = await world.temporal('workflow', 'query', '--workflow-id', 'tune/by-temporal', '--type', 'progress');
      return ran.code === 0 && ran.stdout.includes('"running":[{') ? ran.stdout : null;
    }, 'the query shows a running experiment');
    expect(query).toContain('"taskName":"by-temporal"');
    expect((await update('by-temporal', 'pause')).stdout).toContain('paused; 1 running experiments will end normally');
    expect((await update('by-temporal', 'resume')).stdout).toContain('resumed');
    expect((await update('by-temporal', 'extend', '--input', '{"iterations":3}')).stdout).toContain('up to 103');
    const refused = await update('by-temporal', 'extend', '--input', '{"iterations":0}');
    expect(refused.stdout + refused.stderr).toContain('iterations must be a whole number above 0');
    await world.until(async () => {
      const query = 'AutotunerTask = "by-temporal" AND AutotunerBestScore > 0 AND AutotunerBackend = "process"';
      const ran = await world.temporal('workflow', 'list', '--query', query);
      return ran.stdout.includes('tune/by-temporal');
    }, 'the list finds it by its search attributes');
    expect((await update('by-temporal', 'stop')).stdout).toContain('stopping with the best of');
    const ended = await result('by-temporal');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('Best of');
    expect((await world.results('by-temporal')).stopped_early).toBe(true);
  });

  it('a bad task file fails the workflow with the same message as the CLI', async () => {
    const path = join(world.dir, 'bad.json');
    const good = JSON.parse(await readFile(await world.task('bad'), 'utf8')) as Record<string, unknown>;
    await writeFile(path, JSON.stringify({ ...good, optimization: { strategy: 'grid' }, paralellism: 2 }));
    await start('bad', path);
    const failed = await result('bad');
    const said = await world.cli('validate', path);
    expect(said.code).toBe(2);
    const messages = said.stderr
      .trim()
      .split('\n')
      .map((line) => line.replace(/^.*?:\d+:\d+: /, ''));
    expect(messages).toHaveLength(2);
    for (const message of messages) expect(failed.stdout + failed.stderr).toContain(message);
  });
});
