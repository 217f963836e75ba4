/** A tune of the history: its result, how to run it, and its charts. */
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { Link, useParams } from 'wouter-preact';
import { Downloads } from '../result/downloads.js';
import { LaunchForms } from '../result/launch-forms.js';
import { Result } from '../result/result.js';
import { historyPath } from '../../api/paths.js';
import { historyEntryQuery, historyLaunchQuery } from '../../api/queries.js';
import { formatExactTime } from '../../lib/format.js';
import { Loading, Problem } from '../../ui/feedback.js';
import { lazyView } from '../../ui/lazy-view.js';
import { Page } from '../../ui/page.js';

const Charts = lazyView(async () => (await import('../charts/charts.js')).Charts);

export function HistoryEntry(): JSX.Element {
  const { runId = '' } = useParams<{ runId: string }>();
  const { data, error } = useQuery(historyEntryQuery(runId));
  const launch = useQuery(historyLaunchQuery(runId));
  const name = data?.task_name ?? 'Finished tune';
  return (
    <Page
      title={name}
      crumbs={[['History', '/history']]}
      under={
        <span class="small muted row">
          <span>{data ? `${data.ran.model} · ${formatExactTime(data.ran.finished_at)}` : ' '}</span>
          {data && <Link href={`/history/trends/${encodeURIComponent(name)}`}>over time</Link>}
        </span>
      }
    >
      {error && <Problem error={error} what="finished tune" />}
      {!data && !error && <Loading height={420} />}
      {data && (
        <>
          <Result results={data} />
          {launch.data && <LaunchForms launch={launch.data} />}
          <Downloads pathOf={(rest) => historyPath(runId, rest)} file="" name={name} />
          <Charts results={data} />
        </>
      )}
    </Page>
  );
}
