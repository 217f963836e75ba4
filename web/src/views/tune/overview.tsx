/** A tune at a glance. */
import type { JSX } from 'preact';
import { useInfiniteQuery, useQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { TuneFigures } from './figures.js';
import { PhaseBar, PhaseLegend } from './phase-bar.js';
import { Running } from './running.js';
import { tunePage, type TuneRef } from '../../api/paths.js';
import { aboutQuery, experimentsQuery } from '../../api/queries.js';
import { formatDuration } from '../../lib/format.js';
import { shortScore } from '../../lib/score.js';
import { Facts, Panel } from '../../ui/blocks.js';
import type { ExperimentRow, TuneView } from '../../../../src/contracts/http/index.js';

interface Props {
  readonly tune: TuneRef;
  readonly view: TuneView;
}

export function Overview({ tune, view }: Props): JSX.Element {
  return (
    <>
      <Notices tune={tune} view={view} />
      <TuneFigures view={view} />
      {view.info.closedAt === null && <Running tune={tune} view={view} />}
      <Timeline tune={tune} view={view} />
      <Panel title="The task">
        <Facts
          items={[
            ['Description', view.description],
            ['Objective', view.objectiveWords],
            ['Learned before', view.reuse.length > 0 ? view.reuse.join(' ') : null],
            ['Failures', <Failures tune={tune} failures={view.failures} />],
            ['Ended', view.ended?.words ?? null],
            ['Workflow', <code>{view.info.workflowId}</code>],
            ['Run', <code>{view.info.runId}</code>],
          ]}
        />
      </Panel>
    </>
  );
}

function Notices({ tune, view }: Props): JSX.Element {
  const { failure, answer, info } = view;
  return (
    <>
      {failure && (
        <div class="notice bad" role="alert">
          <span class="strong">
            The tune failed{failure.code ? `: ${failure.code}` : ''}. {failure.message}
          </span>
          {failure.evidence.length > 0 && <pre>{failure.evidence.join('\n')}</pre>}
          <span>{failure.nextStep}</span>
        </div>
      )}
      {info.closedAt && answer && (
        <div class={`notice ${view.verdict?.kind === 'gain' ? 'ok' : ''}`}>
          <span class="strong">{answer}</span>
          <Link href={tunePage(tune, '/result')}>See the result and how to run it</Link>
        </div>
      )}
    </>
  );
}

function Failures({ tune, failures }: { tune: TuneRef; failures: TuneView['failures'] }): JSX.Element | null {
  const { data } = useQuery(aboutQuery);
  const codes = Object.entries(failures).filter(([, count]) => count > 0);
  if (codes.length === 0) return <span class="muted">none</span>;
  return (
    <ul>
      {codes.map(([code, count]) => (
        <li key={code}>
          <Link href={tunePage(tune, '/experiments')}>
            {count} × {code}
          </Link>{' '}
          <span class="muted">{data?.failures[code]?.meaning}</span>
        </li>
      ))}
    </ul>
  );
}

const MOST_SHOWN = 12;

/** The latest experiments, each with the time its phases took. */
function Timeline({ tune, view }: Props): JSX.Element {
  const { data } = useInfiniteQuery(experimentsQuery(tune, { sort: 'number', order: 'desc', limit: 30 }));
  const rows = (data?.pages[0]?.items ?? []).filter(({ timings }) => timings).slice(0, MOST_SHOWN);
  const longest = Math.max(1, ...rows.map(({ timings }) => timings?.total ?? 0));
  return (
    <Panel title="Latest experiments" aside={<PhaseLegend />}>
      <ul class="timeline">
        {/* By place: a new one changes what stands in each line, and moves none. */}
        {Array.from({ length: MOST_SHOWN }, (_, i) => (
          <Row key={i} row={rows[i]} tune={tune} longest={longest} scoring={view.scoring} />
        ))}
      </ul>
    </Panel>
  );
}

interface RowProps {
  /** Absent while there are not so many. */
  readonly row: ExperimentRow | undefined;
  readonly tune: TuneRef;
  readonly longest: number;
  readonly scoring: TuneView['scoring'];
}

function Row({ row, tune, longest, scoring }: RowProps): JSX.Element {
  if (!row) return <li aria-hidden="true" />;
  const told = row.score === null ? (row.failure?.code ?? row.status) : shortScore(row, scoring);
  return (
    <li>
      <Link href={tunePage(tune, `/experiments/${row.experimentId}`)} class="name" title={row.title}>
        {row.title}
      </Link>
      {row.timings && <PhaseBar timings={row.timings} scale={longest} />}
      <span class="took" title={`${told}, ${formatDuration(row.timings?.total ?? 0)}`}>
        {row.isBest ? <b class="good">{told}</b> : told}
      </span>
    </li>
  );
}
