/** A tune as it is at one moment, for the wire. */
import type { TuneFailure, TuneSnapshot } from '../../client/index.js';
import type { TuneHistory } from '../../client/tune-history.js';
import type { SpendingView } from '../../contracts/http/common.js';
import type { TuneAction, TuneView } from '../../contracts/http/tunes.js';
import { describeEnd, type Ended } from '../../domain/budget/ended.js';
import type { Spending } from '../../domain/budget/forecast.js';
import { planOf } from '../../domain/budget/tune-plan.js';
import { FAILURES, isFailureCode } from '../../domain/failures.js';
import { loadsOf } from '../../domain/loads/load.js';
import { scoringResult } from '../../domain/results/results-scoring.js';
import { reuseLines } from '../../domain/reuse/report.js';
import { describeScoring, scoringOf } from '../../domain/scoring/objective.js';
import { describeAnswer } from '../../domain/tuning/answer.js';
import { describeCount } from '../../domain/tuning/progress-count.js';
import { experimentsToRetry } from '../../domain/tuning/retry.js';
import { runningView } from './experiment-rows.js';
import { timeOf } from './time.js';
import type { TuneDigest } from './tune-digest.js';
import { summaryOf, type TemporalUi } from './tune-summary.js';

export interface Seen {
  readonly snapshot: TuneSnapshot;
  readonly history: TuneHistory;
  /** Null where the task file is none. */
  readonly digest: TuneDigest | null;
  readonly failure: TuneFailure | null;
  readonly ui: TemporalUi;
}

export function viewOf({ snapshot, history, digest, failure, ui }: Seen): TuneView {
  const { info, progress, running, spending } = snapshot;
  const isRunning = info.status === 'running';
  const state = progress?.state ?? digest?.conclusion.state ?? null;
  const finals = history.outcomes.filter(({ role }) => role === 'final').length;
  const ended = endedOf(snapshot, history);
  const { task = null } = digest ?? {};
  return {
    info: summaryOf(info, ui),
    description: descriptionOf(history.taskFile),
    phase: progress?.phase ?? null,
    hasWorker: progress !== null,
    scoring: task && (scoringResult(task) as TuneView['scoring']),
    objectiveWords: task ? describeScoring(scoringOf(task), loadsOf(task.benchmark).length) : '',
    counts: {
      ...(state?.counts ?? { succeeded: 0, infeasible: 0, failed: 0, cancelled: 0 }),
      finals,
      planned: progress?.state.planned.length ?? 0,
      most: progress?.plan ? Math.min(progress.state.maxIterations, progress.plan.allowed ?? Infinity) : null,
    },
    countWords: progress ? describeCount(progress.state, progress.plan) : `${history.outcomes.length} finished`,
    finished: digest?.rows.size ?? 0,
    failures: { ...state?.failures },
    running: running.map(runningView),
    best: digest?.best ?? null,
    baseline: digest?.baseline ?? null,
    nearest: digest?.nearest ?? null,
    verdict:
      digest && digest.verdict.kind !== 'not_verified' ? digest.verdict : isRunning ? null : (digest?.verdict ?? null),
    answer: answerOf(digest),
    spending: spending && spendingView(spending),
    eta: etaOf(snapshot),
    ended:
      ended && task
        ? {
            ...ended,
            words: describeEnd(ended, progress?.plan ?? planOf(task, { longestSeconds: 0 }), digest?.rows.size ?? 0),
          }
        : null,
    failure: failure && {
      ...failure,
      evidence: [...failure.evidence],
      nextStep: isFailureCode(failure.code) ? FAILURES[failure.code].nextStep : '',
    },
    stopping: isRunning && (progress?.state.stopping ?? false),
    reuse: history.reuse ? reuseLines(history.reuse) : [],
    actions: actionsOf(snapshot, history),
  };
}

/** Why it measures no more, as the workflow or its end says. */
export function endedOf(
  { info, progress }: Pick<TuneSnapshot, 'info' | 'progress'>,
  history: TuneHistory
): Ended | null {
  if (progress?.ended) return progress.ended;
  if (history.result?.ended) return history.result.ended;
  return info.status === 'cancelled' || info.status === 'failed' ? { reason: info.status, stage: 'search' } : null;
}

function descriptionOf(taskFile: unknown): string {
  const description = (taskFile as { description?: unknown } | null)?.description;
  return typeof description === 'string' ? description : '';
}

function answerOf(digest: TuneDigest | null): string {
  if (!digest || digest.outcomes.size === 0) return '';
  const { state, best, verdict } = digest.conclusion;
  return describeAnswer(state, scoringOf(digest.task), { best, verdict });
}

export function spendingView({ spent, limits, currency, forecast }: Spending): SpendingView {
  return {
    spent: { ...spent },
    limits: { ...limits },
    currency,
    forecast: forecast && { basis: forecast.basis, total: { ...forecast.total } },
  };
}

/** By what has ended so far; time limits alone say nothing that a person could plan with. */
function etaOf({ progress, spending }: TuneSnapshot): TuneView['eta'] {
  const range = spending?.forecast?.basis === 'experiments' ? spending.forecast.total.wall_time : undefined;
  if (!range || !progress) return null;
  const from = progress.startedAtMs + progress.state.pausedMs;
  const at = (seconds: number): string => timeOf(Math.max(Date.now(), from + seconds * 1000));
  return { low: at(range.low), mid: at(range.mid), high: at(range.high) };
}

function actionsOf({ info, progress }: TuneSnapshot, history: TuneHistory): TuneAction[] {
  if (info.status !== 'running') {
    const isOver = info.closedAt !== null;
    return isOver && experimentsToRetry(history).length > 0 ? ['retry-failed'] : [];
  }
  const isAtWork = progress !== null && ['preparing', 'tuning', 'paused'].includes(progress.phase);
  if (!isAtWork || progress.state.stopping) return ['cancel'];
  return [progress.state.paused ? 'resume' : 'pause', 'stop', 'extend', 'cancel'];
}
