import { describe, expect, it } from '@jest/globals';
import { measuredOutcome, resultsOf } from '../../../test/support/results.js';
import { taskOf } from '../../../test/support/tasks.js';
import { tunedResults } from '../../../test/support/tuned.js';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import { chartsOf, type Chart } from './index.js';

function chart(charts: readonly Chart[], id: string): Chart {
  const found = charts.find((one) => one.id === id);
  if (!found) throw new Error(`no ${id} among ${charts.map((one) => one.id).join()}`);
  return found;
}

interface Series {
  readonly name: string;
  readonly data: readonly unknown[];
  readonly large?: boolean;
  readonly markLine?: { readonly data: readonly object[] };
}

function seriesOf({ option }: Chart, name: string): Series {
  const found = (option['series'] as readonly Series[]).find((one) => one.name === name);
  if (!found) throw new Error(`no series ${name}`);
  return found;
}

const IDS = ['baseline', 'history', 'throughput-1', 'throughput-2', 'concurrency-1', 'importance', 'parallel'];

describe('the charts of a tune', () => {
  const charts = chartsOf(tunedResults());

  it('are there with stable ids, and no two share one', () => {
    const ids = charts.map(({ id }) => id);
    expect(ids).toEqual([...IDS, 'slice-1', 'slice-2', 'slice-3', 'failures', 'time']);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('are JSON, so that they cross any wire', () => {
    for (const { option } of charts) expect(JSON.parse(JSON.stringify(option))).toEqual(option);
  });

  it('say what they show, and how sure that is', () => {
    for (const { words } of charts) expect(words).toMatch(/^[A-Z0-9].{40,}\.$/s);
    expect(chart(charts, 'history').words).toMatch(/varies by \d+\.\d % \(standard deviation, from the repeated/);
    expect(chart(charts, 'throughput-1').words).toContain('single measurement');
  });

  it('have the best so far as steps, and a bar of noise on every mark', () => {
    const history = chart(charts, 'history');
    const steps = seriesOf(history, 'best so far').data as [number, number][];
    const scores = steps.map(([, score]) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    // 21 of 24 and the baseline, each a line of two points and a break.
    expect(seriesOf(history, 'noise (± 1 sd)').data).toHaveLength(22 * 3);
    expect(history.words).toContain('(21 of 24)');
    expect(history.words).toContain('luckiest');
  });

  it('compare with the baseline by the intervals of the finals', () => {
    const { words, option } = chart(charts, 'baseline');
    expect(words).toContain('From 12 repeated measurements on fresh starts; the bars are 95 % intervals');
    expect(JSON.stringify(option)).toContain('better than the baseline');
  });

  it('name the failures, and where the time went', () => {
    expect(chart(charts, 'failures').words).toContain('OUT_OF_MEMORY (3)');
    expect(chart(charts, 'time').words).toContain('Under load were 60 %');
    expect(chart(charts, 'time').words).toContain('the task does not say how many accelerators');
  });

  it('tell a parameter that matters from those that may be chance', () => {
    expect(chart(charts, 'importance').words).toMatch(/more than chance: threads \(9\d % of the differences\)/);
    expect(chart(charts, 'importance').words).toContain('Not told from chance: parallel and color.');
  });
});

describe('without finals', () => {
  const charts = chartsOf(tunedResults({ finals: false }));

  it('nothing is called verified, and nobody knows the noise', () => {
    expect(chart(charts, 'baseline').words).toContain('nothing here is verified');
    expect(chart(charts, 'history').words).toContain('Nobody knows');
    expect(() => seriesOf(chart(charts, 'history'), 'noise (± 1 sd)')).toThrow();
  });

  it('repeats on one start are bars of their own, and told to be a part of the noise', () => {
    const task = { benchmark: { traffic_scenarios: ['D(200,16)'], num_concurrency: [1, 4], repeats: 3 } };
    const history = chart(chartsOf(tunedResults({ finals: false, task })), 'history');
    expect(history.words).toContain('from one start to the next it may be more');
    expect(seriesOf(history, 'noise (± 1 sd)').data.length).toBeGreaterThan(0);
  });
});

describe('limits', () => {
  const slos = [{ metric: 'e2e_latency', statistic: 'p95', max: 2, loads: { concurrency: 4 } }] as const;
  const charts = chartsOf(tunedResults({ task: { slos: [...slos] } }));

  it('are lines at the loads that they are about', () => {
    const at = (id: string): object[] =>
      (chart(charts, id).option['series'] as Series[]).flatMap(({ markLine }) => [...(markLine?.data ?? [])]);
    expect(at('throughput-1')).toEqual([]);
    expect(at('throughput-2')).toEqual([{ yAxis: 2 }]);
    expect(chart(charts, 'throughput-2').words).toMatch(/limit of 2\.000 s: \d+ of 21 are above it/);
  });

  it('leave what misses them out of the best so far', () => {
    expect(chart(charts, 'history').words).toMatch(/missed a limit \(hollow marks\)/);
    expect(chart(charts, 'failures').words).toContain('misses e2e latency');
  });
});

describe('other tunes', () => {
  it('with several objectives have their trade-off', () => {
    const optimization = {
      objective: ['minimize_latency', 'maximize_throughput'] as ('minimize_latency' | 'maximize_throughput')[],
    };
    const { words } = chart(chartsOf(tunedResults({ task: { optimization } })), 'objectives');
    expect(words).toContain('e2e latency mean (s) (left is better) and output throughput (tokens/s) (up is better)');
  });

  it('that measured one thing again and again have their starts', () => {
    const task = taskOf({ aa: 4 });
    const starts = [2, 2.02, 1.98, 2.01].map((latency, i) =>
      measuredOutcome(task, i, {}, latency, i === 0 ? { role: 'baseline' } : { role: 'final', of: 0, round: i })
    );
    const charts = chartsOf(resultsOf(task, starts));
    expect(charts.map(({ id }) => id)).toEqual(['starts', 'time']);
    expect(chart(charts, 'starts').words).toContain('from 1.980 s to 2.020 s');
  });

  it('that have measured nothing have none, and those with few say what they cannot tell', () => {
    expect(chartsOf(resultsOf(taskOf(), [], { isRunning: true }))).toEqual([]);
    expect(chart(chartsOf(tunedResults({ experiments: 3, finals: false })), 'importance').words).toContain(
      'too few to tell'
    );
  });

  it('with thousands of experiments are drawn in bulk', () => {
    // The results file takes longer to make than its charts.
    const charts = chartsOf(tunedResults({ experiments: 1800, finals: false }));
    expect(seriesOf(chart(charts, 'history'), 'experiments').large).toBe(true);
    expect(seriesOf(chart(charts, 'parallel'), 'experiments').data).toHaveLength(1000);
    expect(chart(charts, 'parallel').words).toMatch(/Of \d+ experiments 1000 are drawn/);
    expect(chart(charts, 'history').words).not.toContain('are drawn');
  }, 60_000);

  it('with many thousands are thinned out, and say so; nothing that was the best so far is left out', () => {
    const some = tunedResults({ experiments: 40, finals: false });
    const all = Array.from({ length: 8000 }, (_, i): ResultsFile['all_results'][number] => {
      const result = some.all_results[i % 40] as ResultsFile['all_results'][number];
      // The best comes where it would be left out.
      const score = i === 7003 ? 0.001 : result.objective_score;
      return { ...result, experiment_id: i + 1, objective_score: result.objective_score === null ? null : score };
    });
    const charts = chartsOf({ ...some, all_results: all });
    const { data } = seriesOf(chart(charts, 'history'), 'experiments');
    expect(data.length).toBeGreaterThanOrEqual(3000);
    expect(data.length).toBeLessThan(3020);
    expect((data as [number][]).map(([x]) => x)).toContain(7004);
    for (const id of ['history', 'throughput-1', 'slice-1'])
      expect(chart(charts, id).words).toMatch(
        /Of 7000 marks 300\d are drawn: every so many, in the order of the search/
      );
    expect(chart(charts, 'importance').words).toMatch(/^From 7000 measured experiments/);
  });
});
