/** One experiment: what it was, what it measured, what went wrong. */
import type { JSX } from 'preact';
import { useQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { Difference } from './difference.js';
import { FailurePanel } from './failure.js';
import { EngineNumbers, Loads } from './loads.js';
import { Logs } from './logs.js';
import { PhaseBar, PhaseLegend } from '../tune/phase-bar.js';
import { tunePage, type TuneRef } from '../../api/paths.js';
import { experimentQuery } from '../../api/queries.js';
import { formatDuration, formatPercent } from '../../lib/format.js';
import { gainOver } from '../../lib/gain.js';
import { partsOf } from '../../lib/phases.js';
import { objectiveName, shortScore } from '../../lib/score.js';
import { Code, Facts, Figures, Panel } from '../../ui/blocks.js';
import { Loading, Problem } from '../../ui/feedback.js';
import { Page } from '../../ui/page.js';
import { ExperimentBadge } from '../../ui/status.js';
import type { ExperimentDetail, ExperimentRow, TuneView } from '../../../../src/contracts/http/index.js';

interface Props {
  readonly tune: TuneRef;
  readonly n: number;
  readonly view: TuneView | undefined;
}

export function Experiment({ tune, n, view }: Props): JSX.Element {
  const { data, error, isPending } = useQuery(experimentQuery(tune, n));
  return (
    <Page
      title={`Experiment ${n}`}
      crumbs={[
        ['Tunes', '/'],
        [tune.id, tunePage(tune)],
        ['Experiments', tunePage(tune, '/experiments')],
      ]}
      beside={data && <ExperimentBadge status={data.row.status} phase={data.row.phase} />}
      under={data && <Role row={data.row} tune={tune} />}
      actions={<Neighbours tune={tune} n={n} last={view?.finished} />}
    >
      {error && <Problem error={error} what="experiment" />}
      {isPending && <Loading height={420} />}
      {data && <Detail tune={tune} detail={data} scoring={view?.scoring ?? null} baseline={view?.baseline ?? null} />}
    </Page>
  );
}

function Role({ row, tune }: { row: ExperimentRow; tune: TuneRef }): JSX.Element {
  const { role, of, round } = row;
  return (
    <span class="small muted">
      {role === 'baseline' && 'The baseline: what the winner is compared with.'}
      {role === 'search' && 'Of the search.'}
      {role === 'final' && (
        <>
          Round {round} of the finals:{' '}
          <Link href={tunePage(tune, `/experiments/${of}`)}>{of === 0 ? 'the baseline' : `experiment ${of}`}</Link>{' '}
          measured again.
        </>
      )}
    </span>
  );
}

function Neighbours({ tune, n, last }: { tune: TuneRef; n: number; last: number | undefined }): JSX.Element {
  return (
    <>
      {n > 0 && (
        <Link class="button small" href={tunePage(tune, `/experiments/${n - 1}`)}>
          ← {n - 1}
        </Link>
      )}
      {last !== undefined && n + 1 < last && (
        <Link class="button small" href={tunePage(tune, `/experiments/${n + 1}`)}>
          {n + 1} →
        </Link>
      )}
    </>
  );
}

interface DetailProps {
  readonly tune: TuneRef;
  readonly detail: ExperimentDetail;
  readonly scoring: TuneView['scoring'];
  readonly baseline: ExperimentRow | null;
}

function Detail({ tune, detail, scoring, baseline }: DetailProps): JSX.Element {
  const { row, result, command, difference, logs } = detail;
  const isBaseline = row.role === 'baseline';
  const gain = isBaseline ? null : gainOver(row, baseline, scoring);
  return (
    <>
      <FailurePanel detail={detail} />
      <Figures
        items={[
          { name: objectiveName(scoring), value: shortScore(row, scoring), note: row.endedEarly ? 'an estimate' : '' },
          {
            name: 'Against the baseline',
            value: gain === null ? '–' : formatPercent(gain),
            note: gain === null ? '' : 'single measurements',
          },
          {
            name: 'Took',
            value: row.timings ? formatDuration(row.timings.total) : '–',
            note: (row.attempts ?? 1) > 1 ? `on ${row.attempts} hosts, one after the other` : '',
          },
        ]}
      />
      <div class="columns">
        <Difference difference={difference} row={row} />
        {row.timings && (
          <Panel title="Phases" aside={<PhaseLegend />}>
            <div class="stack">
              <PhaseBar timings={row.timings} />
              <Facts items={partsOf(row.timings).map(({ words, seconds }) => [words, formatDuration(seconds)])} />
            </div>
          </Panel>
        )}
      </div>
      {result && <Loads loads={result.loads} baseline={detail.baseline?.loads ?? []} />}
      {result && <EngineNumbers loads={result.loads} baseline={isBaseline ? [] : (detail.baseline?.loads ?? [])} />}
      {command && (
        <Code title={command.startsWith('{') || command.includes('\n') ? 'Manifest' : 'Command'} text={command} wrap />
      )}
      <Logs tune={tune} n={row.experimentId} logs={logs} />
      {result?.provenance && <Provenance result={result} />}
    </>
  );
}

function Provenance({ result }: { result: NonNullable<ExperimentDetail['result']> }): JSX.Element | null {
  const { provenance: of, artifacts_uri: uri } = result;
  if (!of) return null;
  const warm = of.warm_up;
  return (
    <Panel title="What ran">
      <Facts
        items={[
          ['Host', of.host],
          ['Hardware', of.hardware ?? null],
          ['Engine', `${of.engine} ${of.engine_version}`],
          ['Model', of.model],
          ['Benchmark', of.benchmark_version],
          ['Warm-up', warm ? `${warm.requests} requests in ${formatDuration(warm.seconds)}` : null],
          ['Prefix cache', of.prefix_cache ?? null],
          ['Load average', of.load_average.toFixed(2)],
          ['Raw output', uri && <code>{uri}</code>],
        ]}
      />
    </Panel>
  );
}
