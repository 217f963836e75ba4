import { describe, expect, it } from '@jest/globals';
import { crashed, earlierRun, measured, PROVENANCE } from '../../../test/support/earlier-tunes.js';
import { taskOf } from '../../../test/support/tasks.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { recall, type EarlierRun } from './recall.js';
import type { ReusedTune } from './reuse.js';

const now = taskOf({});
const found = (run: EarlierRun, task = now): readonly ReusedTune[] => {
  const recalled = recall(task, run, 300);
  if ('reason' in recalled) throw new Error(recalled.reason);
  return recalled.tunes;
};
const reason = (run: EarlierRun, task = now): string => {
  const recalled = recall(task, run, 300);
  return 'reason' in recalled ? recalled.reason : 'reused';
};

describe('what an earlier tune teaches', () => {
  it('are its experiments in the search space of now, with its crashes and where it ran', () => {
    const earlier = taskOf({ parameters: { tp_size: { type: 'choice', values: [4, 2, 8] } } });
    const outcomes = [measured(1, { tp_size: 2 }, 3), measured(2, { tp_size: 8 }, 1), crashed(3, { tp_size: 4 })];
    expect(found(earlierRun(earlier, outcomes))).toEqual([
      {
        ...{ taskName: 'earlier', runId: 'r', storedAtMs: 0, baseline: null, relative: false },
        surroundings: { engineVersion: '1', model: 'm', hardware: '2 x CPU' },
        observations: [
          { index: 1, scores: [3], violation: 0 },
          { index: 2, scores: null, violation: 0 },
        ],
        crashes: [{ combination: { tp_size: 4 }, code: 'OUT_OF_MEMORY' }],
      },
    ]);
  });

  it('is scored anew, by the objective and the limits of now', () => {
    const other = taskOf({
      optimization: { objective: { metric: 'ttft', direction: 'minimize' } },
      slos: [{ metric: 'e2e_latency', statistic: 'mean', max: 2 }],
    });
    const [tune] = found(earlierRun(now, [measured(1, { tp_size: 1 }, 3)]), other);
    expect(tune?.observations).toEqual([{ index: 0, scores: [0.3], violation: 0.5 }]);
  });

  it('is the same whether a setting was varied or fixed', () => {
    const fixed = taskOf({ engine_args: { tp_size: 2 }, parameters: { depth: { type: 'int', min: 1, max: 4 } } });
    const varied = taskOf({
      parameters: { tp_size: { type: 'choice', values: [1, 2] }, depth: { type: 'int', min: 1, max: 4 } },
    });
    const [one] = found(earlierRun(varied, [measured(1, { tp_size: 2, depth: 3 }, 1)]), fixed);
    expect(one?.observations).toMatchObject([{ index: 2 }]);
    const [other] = found(earlierRun(fixed, [measured(1, { depth: 3 }, 1)]), varied);
    expect(other?.observations).toMatchObject([{ index: 6 }]);
    expect(reason(earlierRun(varied, [measured(1, { tp_size: 1, depth: 3 }, 1)]), fixed)).toMatch(/none of its exp/);
    const more = taskOf({ engine_args: { ctx_size: 4096 } });
    expect(reason(earlierRun(more, [measured(1, { tp_size: 1 }, 1)]))).toMatch(/none of its experiments/);
  });

  it('is the mean of what was measured several times, and the baseline where it is the same', () => {
    const final = { role: 'final', of: 1, round: 1 } as const;
    const baseline = measured(0, {}, 9, { role: 'baseline' });
    const outcomes = [baseline, measured(1, { tp_size: 1 }, 2), measured(2, { tp_size: 1 }, 4, final)];
    expect(found(earlierRun(now, outcomes))[0]).toMatchObject({
      observations: [{ index: 0, scores: [3] }],
      baseline: [9],
    });
    for (const other of [taskOf({ baseline: false }), taskOf({ baseline: { parameters: { tp_size: 4 } } })])
      expect(found(earlierRun(now, outcomes), other)[0]?.baseline).toBeNull();
  });

  it('is told by its own baseline where the worst load is', () => {
    const worst = taskOf({ optimization: { over_loads: 'worst' } });
    const outcomes = [measured(0, {}, 4, { role: 'baseline' }), measured(1, { tp_size: 1 }, 2)];
    expect(found(earlierRun(now, outcomes), worst)[0]).toMatchObject({
      relative: true,
      observations: [{ scores: [0.5] }],
    });
    expect(found(earlierRun(now, outcomes.slice(1)), worst)[0]).toMatchObject({ relative: false });
  });

  it('is kept apart by where it ran, and crashes then belong to neither', () => {
    const there = { provenance: { ...PROVENANCE, hardware: '64 x CPU' } };
    const outcomes = [
      measured(1, { tp_size: 1 }, 1),
      measured(2, { tp_size: 2 }, 1, there),
      crashed(3, { tp_size: 4 }),
    ];
    const tunes = found(earlierRun(now, outcomes));
    expect(tunes.map(({ surroundings }) => surroundings.hardware)).toEqual(['2 x CPU', '64 x CPU']);
    expect(tunes.flatMap(({ observations }) => observations.map(({ index }) => index))).toEqual([0, 1]);
  });

  it.each<[string, Partial<ExperimentOutcome>]>([
    ['was cancelled', { status: 'cancelled', measurements: [] }],
    ['failed by the machinery', { ...crashed(1, {}), failure: { code: 'HOST_LOST', message: '', evidence: [] } }],
    ['ended before its last load', { measurements: [] }],
    ['was disturbed', { measurements: measured(1, {}, 1).measurements.map((one) => ({ ...one, disturbances: 1 })) }],
    ['had another load', { measurements: measured(1, {}, 1).measurements.map((one) => ({ ...one, concurrency: 2 })) }],
    ['has no metric of now', { measurements: measured(1, {}, NaN).measurements }],
  ])('is nothing of what %s', (_, more) => {
    const outcomes = [measured(1, { tp_size: 1 }, 1, more), measured(2, { tp_size: 2 }, 1)];
    expect(found(earlierRun(now, outcomes))[0]?.observations).toHaveLength(1);
  });

  it.each([
    ['model', taskOf({ model: { name: 'other' } })],
    ['engine', taskOf({ engine: 'vllm' })],
    ['process.environment', taskOf({ process: { environment: { OMP_NUM_THREADS: '1' } } })],
    ['benchmark.prefix_cache', taskOf({ benchmark: { prefix_cache: 'keep' } })],
  ])('is nothing where the %s was another', (what, earlier) => {
    expect(reason(earlierRun(earlier, [measured(1, { tp_size: 1 }, 1)]))).toBe(`it differs in ${what}`);
  });

  it('is nothing where the task is none, or nothing was measured', () => {
    for (const task of [null, 'task', { task_name: 'x' }])
      expect(reason({ ...earlierRun(now, []), task })).toContain("its task is none of today's: ");
    expect(reason(earlierRun(now, [crashed(1, { tp_size: 1 })]))).toBe('it has measured nothing');
  });
});
