/** Tunes side by side, for a terminal. */
import { describeLoad } from '../../domain/loads/load.js';
import type { ComparedLoad, ComparedMetric, Comparison, Difference } from '../../history/types.js';
import { oneLine, table } from './format.js';
import { shown, signed, timeOf } from './history-view.js';

export function describeComparison({ runs, settings, parameters, loads, words }: Comparison): string {
  const header = ['', ...runs.map(({ runId }) => oneLine(runId.slice(0, 13)))];
  const line = ({
    name,
    values,
  }: {
    name: string;
    values: readonly (string | number | boolean | null)[];
  }): string[] => [oneLine(name), ...values.map(shown)];
  return [
    table([
      header,
      ['finished (UTC)', ...runs.map(({ finishedAt }) => timeOf(finishedAt))],
      ...settings.map(line),
      [
        'best',
        ...runs.map(
          ({ scoreWords, isFromFinals }) =>
            `${scoreWords ?? '-'}${isFromFinals || scoreWords === null ? '' : ' (search)'}`
        ),
      ],
    ]),
    ...(parameters.length > 0 ? ['', 'the best of each:', table([header, ...parameters.map(line)])] : []),
    ...loads.flatMap((load) => ['', oneLine(`${describeLoad(load)}:`), describeMetrics(header, load)]),
    '',
    ...words.map(oneLine),
  ].join('\n');
}

function describeMetrics(header: readonly string[], { metrics }: ComparedLoad): string {
  return table([
    header,
    ...metrics.map((metric) => [`${metric.words} (${metric.unit})`, ...metric.values.map(cellOf(metric))]),
  ]);
}

const cellOf =
  ({ differences }: ComparedMetric) =>
  (value: number | null, i: number): string => {
    const difference = differences[i];
    return value === null
      ? '-'
      : `${Number(value.toPrecision(4))}${difference ? `  ${describeDifference(difference)}` : ''}`;
  };

/** `+12.0 % better`, `-3.0 % within the noise`; nothing is called better that is not known to be more than noise. */
function describeDifference({ percent, better, beyondNoise }: Difference): string {
  const judged = beyondNoise === null ? '' : beyondNoise ? ` ${better ? 'better' : 'worse'}` : ' within the noise';
  return `${signed(percent)}${judged}`;
}
