/** All that is about one tune: one live view of it under several tabs. */
import { useEffect } from 'preact/hooks';
import type { JSX } from 'preact';
import { Link, useParams, useSearchParams } from 'wouter-preact';
import { Overview } from './overview.js';
import { TuneActions } from './actions.js';
import { Experiments } from './experiments.js';
import { Experiment } from '../experiment/experiment.js';
import { ResultOfTune } from '../result/result-of-tune.js';
import { useLiveTune } from '../../api/live-tune.js';
import { tunePage, type TuneRef } from '../../api/paths.js';
import { queryClient, outlineQuery } from '../../api/queries.js';
import { formatExactTime, formatTime } from '../../lib/format.js';
import { Empty, Loading, Problem } from '../../ui/feedback.js';
import { lazyView } from '../../ui/lazy-view.js';
import { LiveMark } from '../../ui/live-mark.js';
import { Page } from '../../ui/page.js';
import { TuneStatus } from '../../ui/status.js';
import type { TuneView } from '../../../../src/contracts/http/index.js';

const Charts = lazyView(async () => (await import('../charts/charts-of-tune.js')).ChartsOfTune);

const TABS = [
  ['', 'Overview'],
  ['/experiments', 'Experiments'],
  ['/charts', 'Charts'],
  ['/result', 'Result'],
] as const;

export function TunePages(): JSX.Element {
  const { id = '', '*': rest = '' } = useParams<{ id: string; '*'?: string }>();
  const [search] = useSearchParams();
  const tune: TuneRef = { id, run: search.get('run') ?? undefined };
  return <OneTune key={`${tune.id} ${tune.run}`} tune={tune} rest={rest} />;
}

function OneTune({ tune, rest }: { tune: TuneRef; rest: string }): JSX.Element {
  const { view, error, connection } = useLiveTune(tune);
  const [tab = '', number] = rest.split('/');
  useEffect(() => {
    // Beside the view and the code, rather than after them.
    if (tab === 'charts' || tab === 'result') void queryClient.prefetchQuery(outlineQuery(tune));
  }, [tab]);
  if (number !== undefined && tab === 'experiments') return <Experiment tune={tune} n={Number(number)} view={view} />;
  return (
    <Page
      title={tune.id}
      crumbs={[['Tunes', '/']]}
      beside={
        <>
          {view && <TuneStatus status={view.info.status} view={view} />}
          <LiveMark connection={view?.info.closedAt ? 'ended' : connection} />
        </>
      }
      under={<Subtitle view={view} />}
      actions={view && <TuneActions tune={tune} view={view} />}
    >
      <nav class="tabs" aria-label={`Tune ${tune.id}`}>
        {TABS.map(([path, name]) => (
          <Link key={path} href={tunePage(tune, path)} aria-current={path === (tab && `/${tab}`) ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      {error && !view && <Problem error={error} what="tune" />}
      {!view && !error && <Loading height={420} />}
      {view && <Tab tab={tab} tune={tune} view={view} />}
    </Page>
  );
}

function Tab({ tab, tune, view }: { tab: string; tune: TuneRef; view: TuneView }): JSX.Element {
  if (tab === '') return <Overview tune={tune} view={view} />;
  if (tab === 'experiments') return <Experiments tune={tune} view={view} />;
  if (tab === 'charts') return <Charts tune={tune} />;
  if (tab === 'result') return <ResultOfTune tune={tune} view={view} />;
  return <Empty>This address shows nothing.</Empty>;
}

function Subtitle({ view }: { view: TuneView | undefined }): JSX.Element {
  if (!view) return <span class="small muted"> </span>;
  const { model, engine, backend, startedAt, temporalUrl } = view.info;
  return (
    <span class="small muted row">
      <span>{[model, engine, backend].filter(Boolean).join(' · ')}</span>
      <span>
        started{' '}
        <time dateTime={startedAt} title={formatExactTime(startedAt)}>
          {formatTime(startedAt)}
        </time>
      </span>
      {temporalUrl && (
        <a href={temporalUrl} target="_blank" rel="noreferrer">
          in Temporal’s UI
        </a>
      )}
    </span>
  );
}
