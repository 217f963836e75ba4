/** A new version of the workflows while tunes run: docs/production.md. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.create({ AUTOTUNER_BUILD_ID: 'one' });
  await world.startServer();
  await world.startWorker();
});
afterAll(() => world?.close());

const makeCurrent = (buildId: string): Promise<boolean> =>
  world.until(async () => {
    const args = ['worker', 'deployment', 'set-current-version', '--deployment-name', 'autotuner'];
    return (await world.temporal(...args, '--build-id', buildId, '--yes')).code === 0;
  }, `${buildId} is current`);

/** The version on which a workflow is, as the server has it. */
async function versionOf(workflowId: string): Promise<string | undefined> {
  const { stdout } = await world.temporal('workflow', 'describe', '--workflow-id', workflowId, '--output', 'json');
  return /"buildId": *"([^"]+)"/.exec(stdout.slice(stdout.indexOf('"versioningInfo"')))?.[1];
}

describe('with versions', () => {
  it('a tune that runs ends on its version, and the next one begins on the new one', async () => {
    await makeCurrent('one');
    const old = await world.startTune(await world.task('old', { stub: { seconds: 6 } }));
    await world.untilPhase(old, 'benchmarking');
    await world.start(['worker', '--roles', 'control'], 'serving', { AUTOTUNER_BUILD_ID: 'two' });
    await makeCurrent('two');
    const next = await world.startTune(await world.task('next'));
    expect((await Promise.all([old.result(), next.result()])).map((result) => result.successfulExperiments)).toEqual([
      2, 2,
    ]);
    const ids = ['tune/old', 'tune/old/1', 'tune/old/2', 'tune/next', 'tune/next/1'];
    expect(await Promise.all(ids.map(versionOf))).toEqual(['one', 'one', 'one', 'two', 'two']);
  });
});
