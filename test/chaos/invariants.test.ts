/** A checker that finds nothing proves nothing: each invariant is broken here once. */
import { describe, expect, it } from '@jest/globals';
import type { ExperimentResult, ResultsFile } from '../../src/domain/results/tune-result.js';
import type { Harm } from './harm.js';
import { check, type Evidence, type Invariant } from './invariants.js';
import type { Entry } from './logbook.js';

const DEPTHS = [1, 2, 3];
const latencyOf = (depth: number): number => 1 + depth / 10;
const nameOf = (depth: number): string => `t-exp${depth}-0123abcd`;

function result(depth: number): ExperimentResult {
  return {
    experiment_id: depth,
    parameters: { depth },
    status: 'success',
    metrics: null,
    objective_score: latencyOf(depth),
    loads: [{ scenario: 'D(1,1)', concurrency: 1, failed_requests: 0, e2e_latency_s: { mean: latencyOf(depth) } }],
    failure: null,
  } as unknown as ExperimentResult;
}

function entries(depth: number): Entry[] {
  const common = { experiment: nameOf(depth), pid: 1, atMs: 1000 * depth };
  const parameters = { depth };
  return [
    { ...common, event: 'engine-start', parameters },
    { ...common, event: 'bench-start' },
    { ...common, event: 'bench-level', parameters, concurrency: 1, latency_s: latencyOf(depth), failed: 0 },
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
  harms: [],
  foretold: true,
  inCluster: false,
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

  describe('of a run in which a fault may have changed an outcome', () => {
    const failed = { ...result(3), status: 'failed' as const, objective_score: null, loads: [] };
    const hit = {
      results: results([result(1), result(2), failed]),
      entries: [...[1, 2].flatMap(entries), ...entries(3).slice(0, 2)],
    };

    it.each<[string, Harm[], Invariant[]]>([
      ['allow the failure of what it hit', [{ fromMs: 3000, toMs: 3000, experiment: nameOf(3) }], []],
      ['allow no failure of another one', [{ fromMs: 3000, toMs: 3000, experiment: nameOf(2) }], ['I7']],
      ['allow the failure of what lived meanwhile', [{ fromMs: 2900, toMs: 4000 }], []],
      ['allow no failure long after it', [{ fromMs: -9000, toMs: -4000 }], ['I7']],
    ])('%s', (_, harms, invariants) => {
      expect(broken({ ...hit, harms })).toEqual(invariants);
    });

    it('allow a load generator that it ended, and that was started again, and none that ended by itself', () => {
      const twice = [...entries(3).slice(1, 2), ...[1, 2, 3].flatMap(entries)];
      const harms = [{ fromMs: 3000, toMs: 3000, repeats: true }];
      expect(broken({ entries: twice, harms })).toEqual([]);
      expect(broken({ ...hit, harms })).toEqual(['I7']);
      expect(broken({ entries: twice })).toEqual(['I1']);
      expect(broken({ entries: [...entries(3).slice(3), ...twice], harms })).toEqual(['I1']);
    });

    const disturbed = (more: object): Partial<Evidence> => {
      const [load] = result(3).loads;
      const loads = [{ ...load, ...more }] as ExperimentResult['loads'];
      return {
        ...{ results: results([result(1), result(2), { ...result(3), loads }]), inCluster: true },
        ...{ harms: [{ fromMs: 3000, toMs: 3000 }], entries: [1, 2, 3].flatMap(entries) },
      };
    };

    it('allow a measurement that says that it was disturbed', () => {
      expect(broken(disturbed({ disturbances: 1 }))).toEqual([]);
      expect(broken({ ...disturbed({ disturbances: 1 }), harms: [] })).toEqual(['I7']);
    });

    it('allow none with failed requests that does not', () => {
      const entriesWithFailure = [1, 2, 3]
        .flatMap(entries)
        .map((entry) => (entry.event === 'bench-level' && entry.atMs === 3000 ? { ...entry, failed: 1 } : entry));
      const change = { entries: entriesWithFailure };
      expect(broken({ ...disturbed({ failed_requests: 1, disturbances: 1 }), ...change })).toEqual([]);
      expect(broken({ ...disturbed({ failed_requests: 1 }), ...change })).toEqual(['I7']);
    });
  });

  it('know what the real load generator measured by the engine that it measured', () => {
    const unnamed = SOUND.entries.map(({ parameters, ...entry }) =>
      entry.event === 'bench-level' || parameters === undefined ? entry : { ...entry, parameters }
    );
    expect(broken({ entries: unnamed })).toEqual([]);
    const other = unnamed.map((entry) =>
      entry.event === 'engine-start' ? { ...entry, parameters: { depth: 9 } } : entry
    );
    expect(broken({ entries: other })).toEqual(['I2']);
  });

  it('compare no numbers that cannot be foretold', () => {
    const scores = results([result(1), { ...result(2), objective_score: 9 }, result(3)]);
    expect(broken({ results: scores, foretold: false })).toEqual([]);
  });
});
