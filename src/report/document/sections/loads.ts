/** The loads: latency against throughput, and the best beside the baseline. */
import { ENGINE_TABLE_WORDS, engineTable } from '../../../domain/loads/engine-words.js';
import { describeLoad } from '../../../domain/loads/load.js';
import { describeQuantity, formatQuantity, type Quantity } from '../../../domain/loads/metric.js';
import type { ExperimentResult, ResultsFile } from '../../../domain/results/tune-result.js';
import { loadsIn, MOST_LOADS } from '../../charts/throughput.js';
import type { Chart } from '../../charts/types.js';
import { recommendedOf } from '../../launch/index.js';
import { charts, heading, section, table, text } from '../blocks.js';
import type { Block } from '../types.js';

export function loadsSection(results: ResultsFile, all: readonly Chart[]): Block[] {
  const loads = loadsIn(results).length;
  const measured = recommendedOf(results)?.result;
  return section('Latency and throughput', [
    ...text(loads > MOST_LOADS ? `Of ${loads} loads the first ${MOST_LOADS} are drawn.` : ''),
    ...charts(all, ({ group }) => group === 'loads'),
    ...comparisonTable(results),
    ...(measured
      ? [
          heading(
            `Every load of ${measured.experiment_id === 0 ? 'the baseline' : `experiment ${measured.experiment_id}`}`,
            3
          ),
          ...loadTable(measured),
          ...engineSection(measured, results.baseline),
        ]
      : []),
  ]);
}

/** Beside the client's numbers: why one of them is as it is. */
function engineSection(measured: ExperimentResult, baseline: ExperimentResult | null): Block[] {
  const shown = baseline && baseline.experiment_id !== measured.experiment_id ? [measured, baseline] : [measured];
  const told = shown.flatMap(({ experiment_id: id, loads }) =>
    loads.flatMap((load) => (load.engine_metrics ? [{ id, load, metrics: load.engine_metrics }] : []))
  );
  const found = engineTable(told.map(({ metrics }) => metrics));
  if (!found) return [];
  const rows = told.map(({ id, load }, i) => [
    id === 0 ? 'baseline' : `experiment ${id}`,
    describeLoad(load),
    ...(found.rows[i] ?? []),
  ]);
  const numbers = found.names.map((_, i) => i + 2);
  return [
    heading('What the engine said meanwhile', 3),
    ...text(ENGINE_TABLE_WORDS, 'note'),
    ...table("The engine's own numbers at every load", ['', 'load', ...found.names], rows, numbers),
  ];
}

function comparisonTable({ comparison = [], best_result: best }: ResultsFile): Block[] {
  const rows = comparison.map(({ value, baseline, gain, scenario, concurrency, request_rate, speed, ...quantity }) => {
    const shown = quantity as Quantity;
    const how = gain === 0 ? 'the same' : `${Math.abs(gain * 100).toFixed(1)} % ${gain < 0 ? 'worse' : 'better'}`;
    return [
      describeLoad({ scenario, concurrency, request_rate, speed }),
      describeQuantity(shown),
      formatQuantity(baseline, shown),
      formatQuantity(value, shown),
      how,
    ];
  });
  if (rows.length === 0) return [];
  return [
    heading('The best beside the baseline in the search', 3),
    ...text('Single measurements: the verdict has the repeated ones.', 'note'),
    ...table(
      'The best beside the baseline',
      ['load', '', 'baseline', `experiment ${best?.experiment_id ?? ''}`, ''],
      rows,
      [2, 3]
    ),
  ];
}

/** What a reader of the numbers must know. */
function remarkOn({ saturated, sent_requests_per_s: sent, disturbances }: ExperimentResult['loads'][number]): string {
  const came = sent === undefined ? '' : `, which came at ${sent.toFixed(2)} a second`;
  return [
    saturated && `saturated: it did not keep up with the requests${came}`,
    disturbances && 'disturbed: not to be trusted',
  ]
    .filter(Boolean)
    .join('; ');
}

function loadTable({ loads }: ExperimentResult): Block[] {
  const ms = (seconds: number): string => `${(seconds * 1000).toFixed(0)} ms`;
  const rows = loads.map((load) => [
    describeLoad(load),
    load.output_tokens_per_s.toFixed(1),
    load.requests_per_s.toFixed(2),
    ...[load.ttft_s.mean, load.ttft_s.p95, load.tpot_s.mean, load.e2e_latency_s.mean, load.e2e_latency_s.p95].map(ms),
    `${load.failed_requests} of ${load.completed_requests + load.failed_requests}`,
    remarkOn(load),
  ]);
  const head = [
    'load',
    'tokens/s',
    'requests/s',
    'TTFT mean',
    'TTFT p95',
    'TPOT mean',
    'E2E mean',
    'E2E p95',
    'failed',
    '',
  ];
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
  return table('Measurements at every load', head, rows, numbers);
}
