/** Whether the best is better than the baseline, and by how much. */
import type { ResultsFile } from '../../../domain/results/tune-result.js';
import { describeLoad } from '../../../domain/loads/load.js';
import { formatQuantity } from '../../../domain/loads/metric.js';
import { objectivesOf } from '../../charts/points.js';
import type { Chart } from '../../charts/types.js';
import { charts, section, table, text } from '../blocks.js';
import type { Block } from '../types.js';

export function verdictSection(results: ResultsFile, all: readonly Chart[]): Block[] {
  return section('Verdict', [
    ...text(results.verdict.words || 'Nothing was verified.', 'strong'),
    ...finalsTable(results),
    ...charts(all, ({ group }) => group === 'comparison'),
  ]);
}

function finalsTable(results: ResultsFile): Block[] {
  const { loads, compared, gain, kind, confidence } = results.verdict;
  const [objective] = objectivesOf(results);
  const show = (value: number | null): string =>
    value === null ? '' : 'weighted' in objective ? value.toPrecision(4) : formatQuantity(value, objective);
  const share = (value: number | null): string => (value === null ? '' : `${value.toFixed(1)} %`);
  if (kind === 'noise') {
    const rows = loads.map((load) => [
      describeLoad(load),
      show(load.baseline),
      share(load.noise_percent),
      share(load.within_start_percent),
    ]);
    return table('Noise at each load', ['load', 'mean', 'between starts', 'within a start'], rows, [1, 2, 3]);
  }
  if (compared === null) return [];
  const rows = loads.map((load) => [
    ...[
      describeLoad(load),
      show(load.baseline),
      show(load.compared),
      ...gainCells(load.gain),
      share(load.noise_percent),
    ],
  ]);
  const over =
    loads.length > 1 ? [['all loads', '', '', ...gainCells(gain), share(results.verdict.noise?.percent ?? null)]] : [];
  const interval = `${Number((100 * confidence).toFixed(2))} % interval`;
  const head = ['load', 'baseline', `experiment ${compared}`, 'gain', interval, 'noise of one measurement'];
  return table('The finals at each load', head, [...rows, ...over], [1, 2, 3, 4, 5]);
}

function gainCells(gain: ResultsFile['verdict']['gain']): [string, string] {
  return gain
    ? [`${gain.percent.toFixed(1)} %`, `${gain.low.toFixed(1)} to ${gain.high.toFixed(1)} %`]
    : ['not told', ''];
}
