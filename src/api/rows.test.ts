import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { experimentListQuery, type ExperimentRow } from '../contracts/http/experiments.js';
import { pageOfRows } from './rows.js';

const row = (experimentId: number, more: Partial<ExperimentRow> = {}): ExperimentRow =>
  ({
    ...{ experimentId, role: 'search', title: `[${experimentId}] threads=${experimentId % 4}`, status: 'succeeded' },
    ...{ score: experimentId * 1.5, failure: null, timings: { total: 100 - experimentId } },
    ...more,
  }) as ExperimentRow;

const ask = (rows: readonly ExperimentRow[], query: object = {}): number[] => {
  const seen: number[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 100; page++) {
    const { items, next } = pageOfRows(rows, experimentListQuery.parse({ ...query, ...(cursor ? { cursor } : {}) }));
    seen.push(...items.map(({ experimentId }) => experimentId));
    if (next === null) return seen;
    cursor = next;
  }
  throw new Error('it never ends');
};

describe('pageOfRows', () => {
  const rows = [0, 1, 2, 3, 4, 5, 6].map((n) => row(n));

  it('sorts, and has what has no value at the end in both directions', () => {
    const some = [row(1), row(2, { score: null }), row(3, { score: 0.1 })];
    expect(ask(some, { sort: 'score' })).toEqual([3, 1, 2]);
    expect(ask(some, { sort: 'score', order: 'desc' })).toEqual([1, 3, 2]);
    expect(ask(rows, { sort: 'duration' })).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  it('filters by status, role, failure code and words', () => {
    const failed = row(7, { status: 'failed', failure: { code: 'ENGINE_CRASHED', message: '' } });
    const all = [...rows, failed, row(8, { role: 'final' })];
    expect(ask(all, { status: 'failed,cancelled' })).toEqual([7]);
    expect(ask(all, { code: 'ENGINE_CRASHED' })).toEqual([7]);
    expect(ask(all, { role: 'final' })).toEqual([8]);
    expect(ask(all, { search: 'THREADS=3' })).toEqual([3, 7]);
  });

  it('gives every row once, whatever the size of a page', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.constantFrom('number', 'score', 'duration'), (limit, sort) => {
        expect(ask(rows, { limit, sort }).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
      })
    );
  });

  it('goes on behind the last row although others have come before it', () => {
    const first = pageOfRows(rows, experimentListQuery.parse({ limit: 2, sort: 'score' }));
    const more = [...rows, row(9, { score: -1 })];
    const second = pageOfRows(more, experimentListQuery.parse({ limit: 2, sort: 'score', cursor: first.next ?? '' }));
    expect(second.items.map(({ experimentId }) => experimentId)).toEqual([2, 3]);
  });

  it('refuses a cursor that is none', () => {
    for (const cursor of ['x', '!!', 'LTEuLTE', Buffer.from('1.2.3').toString('base64url')])
      expect(() => pageOfRows(rows, experimentListQuery.parse({ cursor }))).toThrow(/cursor/);
  });
});
