/** What was measured at every load, beside the baseline's. */
import { useState } from 'preact/hooks';
import type { ComponentChildren, JSX } from 'preact';
import { ENGINE_TABLE_WORDS, engineTable } from '../../../../src/domain/loads/engine-words.js';
import { describeLoad, isSameLoad } from '../../../../src/domain/loads/load.js';
import { formatQuantity } from '../../../../src/domain/loads/metric.js';
import { formatPercent } from '../../lib/format.js';
import { Panel } from '../../ui/blocks.js';
import { TableBox } from '../../ui/table-box.js';
import type { ResultsFile } from '../../../../src/contracts/http/index.js';

type Load = ResultsFile['all_results'][number]['loads'][number];
const STATISTICS = ['mean', 'p50', 'p90', 'p95', 'p99'] as const;
type Statistic = (typeof STATISTICS)[number];
const MEASURED = ['TTFT', 'TPOT', 'End to end', 'Output', 'Requests', 'Completed', 'Errors'];
const LATENCIES = ['ttft', 'tpot', 'e2e_latency'] as const;

interface Props {
  readonly loads: readonly Load[];
  readonly baseline: readonly Load[];
}

export function Loads({ loads, baseline }: Props): JSX.Element {
  const [statistic, setStatistic] = useState<Statistic>('mean');
  const choose = (
    <span class="segmented" role="group" aria-label="Statistic of latencies">
      {STATISTICS.map((one) => (
        <button key={one} type="button" aria-pressed={one === statistic} onClick={() => setStatistic(one)}>
          {one}
        </button>
      ))}
    </span>
  );
  return (
    <Panel title="Measurements" aside={choose} flush>
      <LoadTable label="Measurements by load" names={MEASURED}>
        {loads.map((load) => (
          <Row
            key={describeLoad(load)}
            load={load}
            statistic={statistic}
            base={baseline.find((one) => isSameLoad(one, load))}
          />
        ))}
      </LoadTable>
      {loads.length === 0 && <p class="empty">Nothing was measured.</p>}
    </Panel>
  );
}

/** What the engine said of itself while each load was made, beside what it said at the baseline. Nothing where it said nothing. */
export function EngineNumbers({ loads, baseline }: Props): JSX.Element | null {
  const told = loads.flatMap((load) => {
    const base = baseline.find((one) => isSameLoad(one, load))?.engine_metrics;
    return [
      ...(load.engine_metrics ? [{ name: describeLoad(load), metrics: load.engine_metrics, isBase: false }] : []),
      ...(load.engine_metrics && base ? [{ name: 'the baseline there', metrics: base, isBase: true }] : []),
    ];
  });
  const found = engineTable(told.map(({ metrics }) => metrics));
  if (!found) return null;
  return (
    <Panel title="What the engine said meanwhile" flush>
      <LoadTable label="The engine’s own numbers by load" names={found.names}>
        {told.map(({ name, isBase }, i) => (
          <tr key={i} class={isBase ? 'muted' : ''}>
            <td class="nowrap">{name}</td>
            {found.rows[i]?.map((cell, column) => (
              <td key={column} class="number nowrap">
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </LoadTable>
      <p class="chart-words">{ENGINE_TABLE_WORDS}</p>
    </Panel>
  );
}

interface LoadTableProps {
  readonly label: string;
  /** Of the columns after the load's. */
  readonly names: readonly string[];
  readonly children: ComponentChildren;
}

function LoadTable({ label, names, children }: LoadTableProps): JSX.Element {
  const head = ['Load', ...names].map((name, i) => (
    <th scope="col" key={name} class={i === 0 ? undefined : 'number'}>
      <span>{name}</span>
    </th>
  ));
  return (
    <TableBox label={label} head={head}>
      {children}
    </TableBox>
  );
}

function Row({ load, statistic, base }: { load: Load; statistic: Statistic; base: Load | undefined }): JSX.Element {
  return (
    <tr>
      <td class="nowrap">
        {describeLoad(load)}
        {load.saturated && <span class="poor small"> saturated</span>}
        {load.disturbances && <span class="poor small"> disturbed</span>}
      </td>
      {LATENCIES.map((metric) => {
        const value = load[`${metric}_s`][statistic];
        const before = base?.[`${metric}_s`][statistic];
        return (
          <td key={metric} class="number nowrap">
            {formatQuantity(value, { metric })} <Change value={value} before={before} less />
          </td>
        );
      })}
      <td class="number nowrap">
        {formatQuantity(load.output_tokens_per_s, { metric: 'output_throughput' })}{' '}
        <Change value={load.output_tokens_per_s} before={base?.output_tokens_per_s} />
      </td>
      <td class="number nowrap">{formatQuantity(load.requests_per_s, { metric: 'request_throughput' })}</td>
      <td class="number">{load.completed_requests}</td>
      <td
        class="number"
        title={Object.entries(load.error_codes)
          .map(([code, n]) => `${n} × ${code}`)
          .join(', ')}
      >
        {load.failed_requests}
      </td>
    </tr>
  );
}

/** By how much it is better than the baseline. @param less whether less is better. */
function Change(props: { value: number; before: number | undefined; less?: boolean }): JSX.Element | null {
  const { value, before, less } = props;
  if (!before || before === value) return null;
  const percent = (100 * (value - before)) / before;
  const isBetter = less ? percent < 0 : percent > 0;
  return <span class={`small ${isBetter ? 'good' : 'poor'}`}>{formatPercent(percent)}</span>;
}
