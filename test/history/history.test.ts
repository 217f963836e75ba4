import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import type { History } from '../../src/history/types.js';
import { finishedTune, type FinishedTune } from '../support/finished-tunes.js';
import { describeDatabases } from './support/databases.js';

const at = (runId: string, seconds: number, more: Partial<FinishedTune> = {}): ResultsFile =>
  finishedTune({ runId, at: seconds, ...more });
const idsOf = async (history: History, query: Parameters<History['list']>[0]): Promise<string[]> =>
  (await history.list(query)).items.map(({ runId }) => runId);

describeDatabases('the history', (databases) => {
  describe('keeps', () => {
    let history: History;
    beforeAll(async () => (history = databases.open(await databases.place())));

    it('a tune as it was, and tells it apart from one that it does not have', async () => {
      const tune = at('first', 0);
      await history.record(tune);
      expect(await history.get('first')).toEqual(tune);
      expect(await history.get('other')).toBeNull();
      expect(await history.get('with\0nul')).toBeNull();
      expect((await history.list()).items).toMatchObject([
        {
          ...{ runId: 'first', workflowId: 'tune/test', taskName: 'test', model: 'm', engine: 'llama.cpp' },
          ...{
            engineVersion: 'b1',
            backend: 'process',
            hardware: '2 x CPU',
            hosts: ['alpha'],
            verdict: 'not_verified',
          },
          ...{ startedAt: '2025-12-31T23:59:00.000Z', finishedAt: '2026-01-01T00:00:00.000Z', experiments: 2 },
          ...{
            score: 1.2,
            isFromFinals: false,
            scoreWords: '1.200 s',
            baselineScore: 2,
            bestParameters: { tp_size: 2 },
          },
          ...{ objectiveWords: 'e2e latency mean', ended: 'max_iterations', retryOf: null, elapsedSeconds: 60 },
        },
      ]);
    });

    it('the same tune once, however often it comes, and of two the later', async () => {
      const [early, late] = [at('twice', 10, { searched: [1] }), at('twice', 20, { searched: [0.5] })];
      for (const tune of [early, early, late, late, early]) await history.record(tune);
      expect(await idsOf(history, {})).toEqual(['twice', 'first']);
      expect(await history.get('twice')).toEqual(late);
      await Promise.all(Array.from({ length: 10 }, () => history.record(late)));
      expect(await idsOf(history, {})).toEqual(['twice', 'first']);
    });

    it('whatever texts hold', async () => {
      const hostile = `a'; drop table tunes; -- \0 \ud800 % _ \\ " \u202e 😀`;
      const tune = { ...at('hostile', 30, { hardware: hostile }), answer: hostile };
      await history.record(tune);
      const kept = await history.get('hostile');
      // JSON cannot hold half a surrogate pair otherwise than as an escape, which comes back as it was.
      expect(kept).toEqual(tune);
      expect(await idsOf(history, { hardware: "'; DROP table" })).toEqual(['hostile']);
      // A NUL is stored as the sign for what cannot be shown, and looked for as that.
      for (const search of ['%', '_', '\\', "'", '\0', '😀', '--']) {
        expect([search, await idsOf(history, { search })]).toEqual([search, ['hostile']]);
      }
    });

    it('nothing that says no time, and says so at once', async () => {
      const tune = at('timeless', 0);
      await expect(history.record({ ...tune, ran: { ...tune.ran, finished_at: 'soon' } })).rejects.toMatchObject({
        name: 'HistoryRequestError',
        message: "'soon' is no time",
      });
    });

    it('a tune of ten thousand experiments', async () => {
      const tune = at('large', 40);
      const [one] = tune.all_results;
      const all_results = Array.from({ length: 10_000 }, (_, i) => ({ ...one!, experiment_id: i + 1 }));
      await history.record({ ...tune, all_results });
      expect((await history.get('large'))?.all_results).toHaveLength(10_000);
    });
  });

  describe('finds', () => {
    let history: History;
    beforeAll(async () => {
      history = databases.open(await databases.place());
      const sglang = { engine: 'sglang', backend: 'ome', base_runtime: 'rt', model: { name: 'org/Llama-3' } } as const;
      await history.record(at('a', 1, { task: { task_name: 'chat' } }));
      await history.record(at('b', 2, { task: { task_name: 'chat', ...sglang }, hardware: '8 x NVIDIA H100' }));
      await history.record(at('c', 3, { task: { task_name: 'chat-2', ...sglang }, host: 'beta' }));
    });

    it.each<[string, object, string[]]>([
      ['everything, the newest first', {}, ['c', 'b', 'a']],
      ['a task by its whole name', { task: 'chat' }, ['b', 'a']],
      ['a model by a part', { model: 'llama' }, ['c', 'b']],
      ['an engine', { engine: 'SGLANG' }, ['c', 'b']],
      ['hardware', { hardware: 'h100' }, ['b']],
      ['all of that', { engine: 'sglang', hardware: 'cpu', model: 'org/' }, ['c']],
      ['words anywhere', { search: 'LLAMA beta' }, ['c']],
      ['nothing', { search: 'llama gamma' }, []],
      ['no patterns', { search: '%' }, []],
      ['everything by nothing', { search: '  ', model: '' }, ['c', 'b', 'a']],
    ])('%s', async (_, query, expected) => {
      expect(await idsOf(history, query)).toEqual(expected);
    });

    it('page after page, each tune once, also when tunes come meanwhile', async () => {
      const many = databases.open(await databases.place());
      // Several at the same time.
      for (let i = 0; i < 23; i++) await many.record(at(`run-${i}`, Math.floor(i / 4)));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await many.list({ limit: 5, cursor });
        seen.push(...page.items.map(({ runId }) => runId));
        cursor = page.next ?? undefined;
        await many.record(at(`new-${seen.length}`, 1000));
      } while (cursor);
      expect(seen).toHaveLength(23);
      expect(new Set(seen).size).toBe(23);
      expect(await idsOf(many, { limit: 2 })).toEqual(['new-5', 'new-23']);
    });

    it.each(['x', 'bm90aGluZw', Buffer.from('["now","r"]').toString('base64url'), '\0', ''])(
      'nothing by the cursor %j, and says so',
      async (cursor) => {
        await expect(history.list({ cursor })).rejects.toMatchObject({ name: 'HistoryRequestError' });
      }
    );

    it.each([0, -1, 1e9, NaN, 1.5])('a page where %p are wanted', async (limit) => {
      expect((await history.list({ limit })).items.length).toBeGreaterThan(0);
    });
  });

  describe('tells', () => {
    let history: History;
    const finals = [
      { baseline: 2, best: 1 },
      { baseline: 2.02, best: 1.01 },
      { baseline: 1.98, best: 0.99 },
    ];
    beforeEach(async () => (history = databases.open(await databases.place())));

    it('two tunes side by side, with what is more than the noise', async () => {
      await history.record(at('old', 1, { finals, searched: [1] }));
      const faster = finals.map(({ baseline, best }) => ({ baseline, best: best / 2 }));
      await history.record(at('new', 2, { finals: faster, searched: [0.5], engineVersion: 'b2' }));
      await history.record(at('same', 3, { finals, searched: [1, 2] }));
      const { runs, settings, parameters, loads, isComparable, words } = await history.compare(['old', 'new', 'same']);
      expect(runs.map(({ runId }) => runId)).toEqual(['old', 'new', 'same']);
      expect(settings.filter(({ differs }) => differs)).toEqual([
        { name: 'engine version', values: ['b1', 'b2', 'b1'], differs: true },
      ]);
      expect(parameters).toEqual([{ name: 'tp_size', values: [1, 1, 1], differs: false }]);
      expect(loads).toMatchObject([{ scenario: 'D(100,100)', concurrency: 1 }]);
      const latency = loads[0]?.metrics.find(({ words: name }) => name === 'e2e latency mean');
      expect(latency).toMatchObject({ unit: 's', values: [1, 0.5, 1] });
      expect(latency?.differences).toMatchObject([
        null,
        { better: true, beyondNoise: true },
        { percent: 0, better: false, beyondNoise: false },
      ]);
      expect(latency?.differences[1]?.percent).toBeCloseTo(-50);
      expect(isComparable).toBe(true);
      expect(words).toHaveLength(1);
    });

    it('nothing of noise that it does not know, and what cannot be compared', async () => {
      await history.record(at('one', 1));
      await history.record(
        at('two', 2, { host: 'beta', task: { optimization: { objective: 'maximize_throughput' } } })
      );
      const { loads, isComparable, words } = await history.compare(['one', 'two']);
      expect(isComparable).toBe(false);
      expect(loads[0]?.metrics[0]?.differences[1]?.beyondNoise).toBeNull();
      expect(words.join(' ')).toMatch(
        /objectives or loads differ.*single measurements.*different machines.*cannot be told/
      );
    });

    it.each([[[]], [['a']], [['a', 'a']], [['a', 'b']], [Array.from({ length: 11 }, (_, i) => `${i}`)]])(
      'why it cannot compare %j',
      async (runIds: string[]) => {
        await history.record(at('a', 1));
        await expect(history.compare(runIds)).rejects.toMatchObject({ name: 'HistoryRequestError' });
      }
    );

    it('how a task has changed', async () => {
      expect(await history.trend('test')).toEqual([]);
      await history.record(at('first', 1, { finals, searched: [1] }));
      await history.record(at('failed', 2, { searched: [], baseline: 2 }));
      const worse = finals.map(({ baseline, best }) => ({ baseline, best: best * 1.3 }));
      await history.record(at('second', 3, { finals: worse, searched: [3, 1.3], engineVersion: 'b2' }));
      await history.record(at('other', 4, { task: { task_name: 'other' } }));
      const trend = await history.trend('test');
      expect(trend.map(({ entry }) => entry.runId)).toEqual(['first', 'failed', 'second']);
      expect(trend[0]).toMatchObject({ changes: [], surroundings: [], isComparable: false, changePercent: null });
      expect(trend[1]).toMatchObject({ changes: [], changePercent: null });
      expect(trend[2]).toMatchObject({
        changes: [{ name: 'tp_size', from: 1, to: 2 }],
        surroundings: [{ name: 'engine version', values: ['b1', 'b2'] }],
        ...{ isComparable: true, beyondNoise: true },
      });
      expect(trend[2]?.changePercent).toBeCloseTo(-30);
    });

    it('the noise of each host, from A/A tunes and finals', async () => {
      expect(await history.noise()).toEqual([]);
      await history.record(at('aa', 1, { aa: [1, 1.02, 0.98, 1.01, 0.99] }));
      await history.record(at('finals', 2, { finals, searched: [1] }));
      await history.record(at('elsewhere', 3, { host: 'beta', aa: [1, 1.5, 0.7] }));
      const [alpha, beta] = await history.noise();
      expect(alpha).toMatchObject({ host: 'alpha', hardware: '2 x CPU', tunes: 2, aaTunes: 1 });
      expect(alpha?.percent).toBeGreaterThan(0.1);
      expect(alpha?.percent).toBeLessThan(2);
      expect(alpha?.low).toBeLessThan(alpha?.percent ?? 0);
      expect(alpha?.high).toBeGreaterThan(alpha?.percent ?? 0);
      expect(alpha?.bySetting).toMatchObject([{ model: 'm', engine: 'llama.cpp', objectiveWords: 'e2e latency mean' }]);
      expect(beta).toMatchObject({ host: 'beta', tunes: 1, aaTunes: 1, degreesOfFreedom: 2 });
      expect(beta?.words).toContain('On beta the same configuration differs by');
    });

    it('how it is', async () => {
      await history.list();
      expect(await history.status()).toMatchObject({ isOpen: true, waiting: 0, problem: null });
    });
  });
});
