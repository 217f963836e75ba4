/** The verdict for a person: what the finals measured at every load, and what that says. */
import { describeLoad } from '../../domain/loads/load.js';
import { formatQuantity } from '../../domain/loads/metric.js';
import type { Objective } from '../../domain/scoring/objective.js';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import { table } from './format.js';

type Gain = NonNullable<ResultsFile['verdict']['gain']>;

/** No lines where nothing was verified. */
export function describeVerdict({ verdict, ran }: Pick<ResultsFile, 'verdict' | 'ran'>): string[] {
  const { loads, compared, gain, noise, kind } = verdict;
  const objective = ran.objective as Objective;
  const show = (value: number | null): string => {
    if (value === null) return '';
    return 'weighted' in objective ? value.toPrecision(4) : formatQuantity(value, objective);
  };
  const share = (value: number | null): string => (value === null ? '' : `${value.toFixed(1)} %`);
  if (kind === 'noise') {
    const rows = loads.map((load) => [
      ...[describeLoad(load), show(load.baseline), share(load.noise_percent), share(load.within_start_percent)],
    ]);
    return [table([['', 'mean', 'between starts', 'within a start'], ...rows]), ''];
  }
  if (compared === null) return [];
  const interval = `gain with ${Number((100 * verdict.confidence).toFixed(2))} % interval`;
  const rows = loads.map((load) => [
    ...[describeLoad(load), show(load.baseline), show(load.compared), describeGain(load.gain), warning(load.gain)],
  ]);
  const all = loads.length > 1 ? [['all loads', '', '', describeGain(gain), warning(gain)]] : [];
  return [
    table([['finals', 'baseline', `experiment ${compared}`, interval, ''], ...rows, ...all]),
    ...(noise ? [`noise: one measurement on a fresh start varies by ${noise.percent.toFixed(1)} %`] : []),
    '',
  ];
}

/** `41.6 % (38.0 to 44.9 %)`. */
function describeGain(gain: Gain | null): string {
  return gain ? `${gain.percent.toFixed(1)} % (${gain.low.toFixed(1)} to ${gain.high.toFixed(1)} %)` : '';
}

/** A winner over all loads may lose at one of them. */
function warning(gain: Gain | null): string {
  if (!gain || gain.percent >= 0) return '';
  return gain.high < 0 ? 'WORSE' : 'perhaps worse';
}
