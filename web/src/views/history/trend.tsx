/** The same task over time: what its best was, and when that changed. */
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { Link, useParams } from 'wouter-preact';
import { trendQuery } from '../../api/queries.js';
import { formatExactTime, formatTime } from '../../lib/format.js';
import { Panel } from '../../ui/blocks.js';
import { Empty, Loading, Problem } from '../../ui/feedback.js';
import { lazyView } from '../../ui/lazy-view.js';
import { Page } from '../../ui/page.js';
import { VerdictBadge } from '../../ui/status.js';
import type { TrendView } from '../../../../src/contracts/http/index.js';

const TrendChart = lazyView(async () => (await import('../charts/trend-chart.js')).TrendChart);

export function Trend(): JSX.Element {
  const { task = '' } = useParams<{ task: string }>();
  const { data, error } = useQuery(trendQuery(task));
  return (
    <Page title={task} crumbs={[['History', '/history']]} under={<span class="small muted">over time</span>}>
      {error && <Problem error={error} what="history of this task" />}
      {!data && !error && <Loading height={420} />}
      {data?.points.length === 0 && <Empty>No tune of this task has ended yet.</Empty>}
      {data && data.points.length > 0 && (
        <>
          {data.points.length > 1 && <TrendChart trend={data} />}
          <Panel title="What changed" flush>
            <ol class="trend">
              {[...data.points].reverse().map((point) => (
                <Point key={point.entry.runId} point={point} />
              ))}
            </ol>
          </Panel>
        </>
      )}
    </Page>
  );
}

type PointView = TrendView['points'][number];

function Point({ point }: { point: PointView }): JSX.Element {
  const { entry, changes, surroundings, isComparable, changePercent } = point;
  return (
    <li>
      <span class="row spread">
        <span class="row">
          <Link class="strong" href={`/history/${encodeURIComponent(entry.runId)}`}>
            <time dateTime={entry.finishedAt} title={formatExactTime(entry.finishedAt)}>
              {formatTime(entry.finishedAt)}
            </time>
          </Link>
          <VerdictBadge kind={entry.verdict} />
          <span>{entry.scoreWords}</span>
        </span>
        {changePercent !== null && <Change point={point} percent={changePercent} />}
      </span>
      {!isComparable && <span class="small muted">Not comparable with the one before.</span>}
      {changes.length > 0 && (
        <span class="small">
          The best changed:{' '}
          {changes.map(({ name, from, to }) => `${name} ${from ?? 'default'} → ${to ?? 'default'}`).join(', ')}
        </span>
      )}
      {surroundings.length > 0 && (
        <span class="small muted">
          Around it: {surroundings.map(({ name, values }) => `${name} ${values.map(String).join(' → ')}`).join(', ')}
        </span>
      )}
    </li>
  );
}

/** Positive is better, whatever the objective. */
function Change({ point, percent }: { point: PointView; percent: number }): JSX.Element {
  const isNoise = point.beyondNoise === false;
  const words = `${Math.abs(percent).toFixed(1)} % ${percent < 0 ? 'worse' : 'better'} than the one before`;
  return (
    <span class={isNoise ? 'muted' : percent < 0 ? 'poor' : 'good'}>
      {words}
      {isNoise && ', which is within the noise'}
    </span>
  );
}
