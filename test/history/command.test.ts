/** `autotuner history`, after real tunes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import type { HistoryEntry } from '../../src/history/types.js';
import { expectRan } from '../support/expect-ran.js';
import { World, type Ran } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.running();
});
afterAll(() => world?.close());

describe('autotuner history', () => {
  it('keeps finished tunes: lists, shows, compares them, also when Temporal is not there', async () => {
    for (const name of ['kept', 'kept-too']) expect((await world.cli('run', await world.task(name))).code).toBe(0);
    const history = (...args: string[]): Promise<Ran> =>
      world.cliWith({ TEMPORAL_ADDRESS: '127.0.0.1:9' }, 'history', ...args);
    const [entry] = JSON.parse((await history('list', '--task', 'kept', '--json')).stdout) as HistoryEntry[];
    expect(entry).toMatchObject({ taskName: 'kept', engine: 'command', experiments: 2, verdict: 'not_verified' });
    expect((await history('list', 'KEPT', 'too')).stdout).toMatch(
      /^run +task .*\n\S+ +kept-too .* 1\.843 s \(search\)/
    );
    const shown = JSON.parse((await history('show', entry?.runId.slice(0, 12) ?? '', '--json')).stdout) as ResultsFile;
    // To the letter, as the results file has it.
    expect(shown).toEqual(await world.results('kept'));
    expect((await history('compare', 'kept', 'kept-too')).stdout).toMatch(/output throughput \(tok\/s\)/);
    expect((await history('trend', 'kept')).stdout).toMatch(/1\.843 s \(search\)/);
    expect((await history('noise')).stdout).toMatch(/nothing has measured the noise yet/);
    expect((await history('import', `${world.dir}/results`)).stdout).toMatch(/^took in \d+ tunes/);
    expect((await history('list', '--task', 'kept', '--json')).stdout).toContain(entry?.runId ?? 'no run');
    expectRan(await history('show', 'nothing'), 2, /the history has no tune 'nothing'/);
    expectRan(await history('compare', 'kept'), 2, /2 to 10 different tunes/);
    const url = { AUTOTUNER_HISTORY_URL: 'postgres://u:canary-0123@127.0.0.1:9/x' };
    const away = await world.cliWith(url, 'history', 'list');
    expectRan(away, 4, /PostgreSQL cannot be used/);
    expect(away.stderr).not.toContain('canary');
  });
});
