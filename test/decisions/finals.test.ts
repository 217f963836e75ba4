/** What a tune says about the best against the baseline, and about its noise. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resultsSchema } from '../../src/domain/results/tune-result.js';
import { World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.running();
});
afterAll(() => world?.close());

describe('autotuner', () => {
  it('compares the best with the baseline, and tells the noise of a set-up', async () => {
    const verification = { finalists: 1, rounds: { min: 2, max: 2 } };
    const path = await world.task('compared', { baseline: true, verification });
    const ran = await world.cli('run', path);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain("[0] baseline: the engine's defaults: e2e latency mean 1.843 s");
    expect(ran.stdout).toContain('[6] round 2 of the baseline');
    // The stub measures the same whatever the parameter.
    expect(ran.stdout).toMatch(/all loads|D\(/);
    expect(ran.stdout).toMatch(/No significant gain: keep the baseline\. Experiment 1 came nearest, 0\.0 % better/);
    expect(ran.stdout).toMatch(/keep: .*stub-engine/);
    const results = resultsSchema.parse(await world.results('compared'));
    expect(results).toMatchObject({ total_experiments: 2, verdict: { kind: 'no_gain', measurements: 4 } });
    const noise = await world.cli('run', path, '--aa', '3');
    expect(noise).toMatchObject({ code: 0, stderr: '' });
    expect(noise.stdout).toContain('A/A: the same configuration differs by 0.0 % from start to start');
    expect(await world.results('compared-aa')).toMatchObject({ verdict: { kind: 'noise', rounds: 3 } });
  });
});
