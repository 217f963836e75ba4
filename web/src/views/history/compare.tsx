/** Finished tunes side by side, each by its best. */
import type { ComponentChildren, JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { Link, useSearchParams } from 'wouter-preact';
import { describeLoad } from '../../../../src/domain/loads/load.js';
import { compareQuery } from '../../api/queries.js';
import { formatQuantity, type Metric } from '../../../../src/domain/loads/metric.js';
import { formatPercent, formatTime } from '../../lib/format.js';
import { Panel } from '../../ui/blocks.js';
import { Loading, Problem } from '../../ui/feedback.js';
import { Page } from '../../ui/page.js';
import { TableBox } from '../../ui/table-box.js';
import { VerdictBadge } from '../../ui/status.js';
import type { ComparisonView } from '../../../../src/contracts/http/index.js';

export function Compare(): JSX.Element {
  const [search] = useSearchParams();
  const runs = (search.get('runs') ?? '').split(',').filter(Boolean);
  const { data, error } = useQuery(compareQuery(runs));
  return (
    <Page title="Side by side" crumbs={[['History', '/history']]}>
      {error && <Problem error={error} what="comparison" />}
      {!data && !error && <Loading height={420} />}
      {data && (
        <>
          <ul class={`notice ${data.isComparable ? '' : 'warn'}`}>
            {data.words.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
          <Panel title="The tunes, and their best" flush>
            <Table caption="Tunes" runs={data.runs}>
              <Row
                name="Verdict"
                cells={data.runs.map(({ verdict }) => (
                  <VerdictBadge kind={verdict} />
                ))}
              />
              <Row name="Best" cells={data.runs.map(({ scoreWords }) => scoreWords ?? '–')} />
              {data.settings.map(({ name, values, differs }) => (
                <Row key={name} name={name} marked={differs} cells={values.map(told)} />
              ))}
            </Table>
          </Panel>
          <Panel title="Parameters of the best" flush>
            <Table caption="Parameters of the best" runs={data.runs}>
              {data.parameters.map(({ name, values, differs }) => (
                <Row key={name} name={<code>{name}</code>} marked={differs} cells={values.map(told)} />
              ))}
            </Table>
          </Panel>
          {data.loads.map((load) => (
            <LoadPanel key={describeLoad(load)} load={load} runs={data.runs} />
          ))}
        </>
      )}
    </Page>
  );
}

function LoadPanel({
  load,
  runs,
}: {
  load: ComparisonView['loads'][number];
  runs: ComparisonView['runs'];
}): JSX.Element {
  const name = describeLoad(load);
  return (
    <Panel title={name} flush>
      <Table caption={name} runs={runs}>
        {load.metrics.map(({ words, metric, unit, values, differences }) => (
          <Row
            key={words}
            name={words}
            cells={values.map((value, i) => (
              <Measured value={value} metric={metric} unit={unit} difference={differences[i] ?? null} />
            ))}
          />
        ))}
      </Table>
    </Panel>
  );
}

type Difference = ComparisonView['loads'][number]['metrics'][number]['differences'][number];

function Measured({
  value,
  metric,
  unit,
  difference,
}: {
  value: number | null;
  metric: string;
  unit: string;
  difference: Difference;
}): JSX.Element {
  if (value === null) return <>–</>;
  const isNoise = difference?.beyondNoise === false;
  return (
    <span class="nowrap">
      {formatQuantity(value, { metric: metric as Metric, currency: unit })}{' '}
      {difference && (
        <span
          class={`small ${isNoise ? 'muted' : difference.better ? 'good' : 'poor'}`}
          title={isNoise ? 'within the noise' : difference.better ? 'better' : 'worse'}
        >
          {formatPercent(difference.percent)}
          {isNoise && ' (noise)'}
        </span>
      )}
    </span>
  );
}

function told(value: string | number | boolean | null): string {
  return value === null ? '–' : String(value);
}

interface TableProps {
  readonly caption: string;
  readonly runs: ComparisonView['runs'];
  readonly children: ComponentChildren;
}

function Table({ caption, runs, children }: TableProps): JSX.Element {
  const head = (
    <>
      <td />
      {runs.map(({ runId, taskName, finishedAt }) => (
        <th key={runId} scope="col">
          <span>
            <Link href={`/history/${encodeURIComponent(runId)}`}>{taskName}</Link> {formatTime(finishedAt)}
          </span>
        </th>
      ))}
    </>
  );
  return (
    <TableBox label={caption} kind="compare" head={head}>
      {children}
    </TableBox>
  );
}

interface RowProps {
  readonly name: ComponentChildren;
  readonly cells: readonly ComponentChildren[];
  readonly marked?: boolean;
}

function Row({ name, cells, marked }: RowProps): JSX.Element {
  return (
    <tr class={marked ? 'differs' : ''}>
      <th scope="row">
        <span>{name}</span>
      </th>
      {cells.map((cell, i) => (
        <td key={i}>{cell}</td>
      ))}
    </tr>
  );
}
