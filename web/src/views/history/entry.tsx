/** A tune of the history: its result and its charts. */
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { Link, useParams } from 'wouter-preact';
import { Result } from '../result/result.js';
import { historyEntryQuery } from '../../api/queries.js';
import { saveText } from '../../lib/download.js';
import { formatExactTime } from '../../lib/format.js';
import { Button } from '../../ui/button.js';
import { Loading, Problem } from '../../ui/feedback.js';
import { lazyView } from '../../ui/lazy-view.js';
import { Page } from '../../ui/page.js';

const Charts = lazyView(async () => (await import('../charts/charts.js')).Charts);

export function HistoryEntry(): JSX.Element {
  const { runId = '' } = useParams<{ runId: string }>();
  const { data, error } = useQuery(historyEntryQuery(runId));
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
      actions={
        data && (
          <Button
            icon="save"
            onPress={() => saveText(`${name}_results.json`, `${JSON.stringify(data, null, 2)}\n`, 'application/json')}
          >
            Results
          </Button>
        )
      }
    >
      {error && <Problem error={error} what="finished tune" />}
      {!data && !error && <Loading height={420} />}
      {data && (
        <>
          <Result results={data} />
          <Charts results={data} />
        </>
      )}
    </Page>
  );
}
