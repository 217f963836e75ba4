/** Statuses as coloured words: the word tells, the colour helps. */
import type { JSX } from 'preact';
import type { ExperimentStatus, TuneSummary, TuneView } from '../../../src/contracts/http/index.js';
import { spaced } from '../lib/format.js';

type Tone = '' | 'ok' | 'warn' | 'bad' | 'run';

export function Badge({ tone, live, children }: { tone: Tone; live?: boolean; children: string }): JSX.Element {
  return <span class={`badge ${tone} ${live ? 'live' : ''}`}>{children}</span>;
}

const TUNES: Readonly<Record<TuneSummary['status'], Tone>> = {
  running: 'run',
  completed: 'ok',
  failed: 'bad',
  cancelled: '',
  terminated: 'bad',
  'timed-out': 'bad',
  paused: 'warn',
  unknown: '',
};

const PHASES: Readonly<Record<NonNullable<TuneView['phase']>, string>> = {
  preparing: 'preparing',
  tuning: 'running',
  paused: 'paused',
  'writing-results': 'writing results',
  done: 'done',
};

/** Of Temporal, and while it runs of the tune itself. */
export function TuneStatus({
  status,
  view,
}: {
  status: TuneSummary['status'];
  view?: TuneView | undefined;
}): JSX.Element {
  if (status !== 'running') return <Badge tone={TUNES[status]}>{status.replace('-', ' ')}</Badge>;
  if (view && !view.hasWorker) return <Badge tone="warn">waiting for a worker</Badge>;
  if (view?.phase === 'paused') return <Badge tone="warn">paused</Badge>;
  return (
    <Badge tone="run" live>
      {view?.stopping ? 'stopping' : PHASES[view?.phase ?? 'tuning']}
    </Badge>
  );
}

const EXPERIMENTS: Readonly<Record<ExperimentStatus, Tone>> = {
  planned: '',
  running: 'run',
  succeeded: 'ok',
  infeasible: 'warn',
  failed: 'bad',
  cancelled: '',
  lost: 'bad',
};

export function ExperimentBadge({ status, phase }: { status: ExperimentStatus; phase?: string | null }): JSX.Element {
  const isRunning = status === 'running';
  return (
    <Badge tone={EXPERIMENTS[status]} live={isRunning}>
      {isRunning && phase ? phase.replace('-', ' ') : status}
    </Badge>
  );
}

const VERDICTS: Readonly<Record<string, Tone>> = { gain: 'ok', no_gain: 'warn', baseline_failed: 'warn' };

export function VerdictBadge({ kind }: { kind: string }): JSX.Element {
  return <Badge tone={VERDICTS[kind] ?? ''}>{spaced(kind)}</Badge>;
}
