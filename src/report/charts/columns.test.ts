import { describe, expect, it } from '@jest/globals';
import { tunedResults } from '../../../test/support/tuned.js';
import { columnsOf } from '../../domain/results/result-columns.js';
import { resultColumnsSchema } from '../../domain/results/result-columns.schema.js';
import { outlineOf } from '../../domain/results/read-columns.js';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import { chartsOf } from './index.js';

/** As it comes out of the other end of the wire. */
function sent(results: ResultsFile): ReturnType<typeof outlineOf> {
  return outlineOf(resultColumnsSchema.parse(JSON.parse(JSON.stringify(columnsOf(results)))));
}

/** With no more digits than columns keep. */
function rounded(results: ResultsFile): ResultsFile {
  const short = (_: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
  return JSON.parse(JSON.stringify(results), short) as ResultsFile;
}

const slos = [{ metric: 'e2e_latency', statistic: 'p95', max: 2, loads: { concurrency: 4 } }] as const;
const TUNES: readonly (readonly [string, ResultsFile])[] = [
  ['with finals and failures', tunedResults()],
  ['with limits that are missed', tunedResults({ task: { slos: [...slos] } })],
  [
    'with repeats on one start',
    tunedResults({
      finals: false,
      task: { benchmark: { traffic_scenarios: ['D(200,16)'], num_concurrency: [1, 4], repeats: 3 } },
    }),
  ],
  [
    'with several objectives',
    tunedResults({ task: { optimization: { objective: ['minimize_latency', 'maximize_throughput'] } } }),
  ],
  ['with a cost', tunedResults({ task: { cost: { accelerators: 2, price_per_accelerator_hour: 3 } } })],
  ['that has only begun', tunedResults({ experiments: 0, finals: false, more: { isRunning: true } })],
];

describe('columns', () => {
  it.each(TUNES)('give the same pictures and words as the results file: %s', (_, results) => {
    const file = rounded(results);
    expect(chartsOf(sent(file))).toEqual(chartsOf(file));
  });

  it.each(TUNES)('keep the answer and lose the task: %s', (_, results) => {
    const outline = sent(results);
    const { all_results, best_result, baseline, ran, ...rest } = outline;
    expect(rest).toMatchObject({ answer: results.answer, verdict: results.verdict, spent: results.spent });
    expect(all_results.map(({ parameters }) => parameters)).toEqual(
      results.all_results.map(({ parameters }) => parameters)
    );
    expect(best_result?.experiment_id).toBe(results.best_result?.experiment_id);
    expect(baseline?.experiment_id).toBe(results.baseline?.experiment_id);
    expect(ran).not.toHaveProperty('task');
  });

  it('keep parameters apart that only look alike, and names that objects have already', () => {
    const [first, second, ...others] = tunedResults().all_results;
    if (!first || !second) throw new Error('no results');
    const parameters: Record<string, string | number>[] = [{ constructor: 1, toString: 'a' }, { constructor: '1' }];
    const all = [
      { ...first, parameters: parameters[0] ?? {} },
      { ...second, parameters: parameters[1] ?? {} },
      ...others,
    ];
    const outline = sent({ ...tunedResults(), all_results: all });
    expect(outline.all_results.slice(0, 2).map((one) => one.parameters)).toEqual(parameters);
  });

  it('are a small part of the results file', () => {
    const results = tunedResults({ experiments: 300 });
    const share = JSON.stringify(columnsOf(results)).length / JSON.stringify(results).length;
    expect(share).toBeLessThan(0.05);
  });
});
