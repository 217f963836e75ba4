/** A checker that finds nothing proves nothing: each invariant is broken here once. */
import { describe, expect, it } from '@jest/globals';
import type { ExperimentResult, ResultsFile } from '../../src/domain/tune-result.js';
import { check, type Evidence, type Invariant } from './invariants.js';
import type { Entry } from './logbook.js';

const DEPTHS = [1, 2, 3];
const latencyOf = (depth: number): number => 1 + depth / 10;

function result(depth: number): ExperimentResult {
  return {
    experiment_id: depth,
    parameters: { depth },
    status: 'success',
    metrics: null,
    objective_score: latencyOf(depth),
    loads: [{ scenario: 'D(1,1)', concurrency: 1, e2e_latency_s: { mean: latencyOf(depth) } }],
    failure: null,
  } as unknown as ExperimentResult;
}

function entries(depth: number): Entry[] {
  const common = { experiment: `t-exp${depth}-0123abcd`, pid: 1, atMs: 0 };
  return [
    { ...common, event: 'engine-start', depth },
    { ...common, event: 'bench-start' },
    { ...common, event: 'bench-level', depth, concurrency: 1, latency_s: latencyOf(depth), failed: 0 },
    { ...common, event: 'bench-end' },
  ];
}

function results(all = DEPTHS.map(result)): ResultsFile {
  return { all_results: all, best_result: all[0] ?? null } as unknown as ResultsFile;
}

const SOUND: Evidence = {
  results: results(),
  reference: results(),
  entries: DEPTHS.flatMap(entries),
  mostEnginesAlive: 2,
  places: 2,
  damage: [],
  leaks: [],
  mayFail: 0,
};
const broken = (change: Partial<Evidence>): Invariant[] => [
  ...new Set(check({ ...SOUND, ...change }).map(({ invariant }) => invariant)),
];

describe('the invariants', () => {
  it('hold for a sound run', () => {
    expect(check(SOUND)).toEqual([]);
  });

  /** Another start of the load generator on the same engine. */
  const secondStep = entries(2)
    .filter(({ event }) => event.startsWith('bench'))
    .map((entry) => ({ ...entry, experiment: `${entry.experiment}-s2` }));

  it('hold for several steps on one engine', () => {
    expect(broken({ entries: [...SOUND.entries, ...secondStep] })).toEqual([]);
  });

  it.each<[string, Partial<Evidence>, Invariant]>([
    ['a step that was repeated', { entries: [...SOUND.entries, ...secondStep, ...secondStep] }, 'I1'],
    ['a benchmark that was repeated', { entries: [...SOUND.entries, ...entries(2)] }, 'I1'],
    ['a benchmark that never ran', { entries: [1, 2].flatMap(entries) }, 'I1'],
    [
      'a number that nobody measured',
      { results: results([{ ...result(1), loads: result(2).loads }, result(2), result(3)]) },
      'I2',
    ],
    ['a measurement that is in no result', { results: results([result(1), result(2)]) }, 'I2'],
    ['a combination that is recorded twice', { results: results([result(1), result(2), result(2)]) }, 'I2'],
    ['what is left', { leaks: ['process 1 is alive'] }, 'I3'],
    ['a decoy that was touched', { damage: ['decoy process 1 was ended'] }, 'I4'],
    ['an engine too many', { mostEnginesAlive: 3 }, 'I5'],
    ['another best', { results: { ...results(), best_result: result(3) } }, 'I6'],
    ['another score', { results: results([result(1), { ...result(2), objective_score: 9 }, result(3)]) }, 'I7'],
    [
      'a failure that no fault explains',
      { results: results([result(1), result(2), { ...result(3), status: 'failed', loads: [] }]) },
      'I7',
    ],
  ])('break by %s', (_, change, invariant) => {
    expect(broken(change)).toContain(invariant);
  });

  it('allow as many failures as faults can explain, and no more', () => {
    const failed = { ...result(3), status: 'failed' as const, objective_score: null, loads: [] };
    const hit = { results: results([result(1), result(2), failed]), entries: [1, 2].flatMap(entries) };
    expect(broken({ ...hit, mayFail: 1 })).toEqual([]);
    expect(broken(hit)).toContain('I7');
  });
});
