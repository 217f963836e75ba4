/** How a tune looks while it runs: a live block on a terminal, lines in a pipe, JSON for programs. */
import logUpdate from 'log-update';
import pc from 'picocolors';
import type { TuneProgress, TuneSnapshot } from '../../client/index.js';
import { formatDuration } from '../../domain/duration.js';
import { describeScores } from '../../domain/scoring/objective.js';
import { describeMiss } from '../../domain/scoring/slo.js';
import { reuseLines } from '../../domain/reuse/report.js';
import { describeCount } from '../../domain/tuning/progress-count.js';
import type { FinishedExperiment } from '../../domain/tuning/tuning-state.js';
import { describeLeak, experimentTitle, oneLine } from './format.js';
import { describeOutlook } from './spending-view.js';

export interface View {
  update(snapshot: TuneSnapshot): void;
  /** Says something that stays. */
  note(line: string): void;
  end(): void;
}

export function createView(json: boolean): View {
  if (json) return jsonView();
  return process.stdout.isTTY ? liveView() : plainView();
}

function jsonView(): View {
  let last = '';
  /** @param what decides whether there is something new: the time that passes is not. */
  const print = (value: object, what = JSON.stringify(value)): void => {
    if (what !== last) console.log(JSON.stringify(value));
    last = what;
  };
  return {
    update: ({ spending, ...snapshot }) => print({ type: 'progress', ...snapshot, spending }, JSON.stringify(snapshot)),
    note: (message) => print({ type: 'note', message }),
    end: () => undefined,
  };
}

function plainView(): View {
  const seen = new Set<string>();
  const once = (line: string): void => {
    if (!seen.has(line)) console.log((seen.add(line), line));
  };
  return {
    update({ progress, running }) {
      if (!progress) return;
      for (const line of reused(progress)) once(line);
      for (const item of progress.state.recent) once(finishedLine(item, progress));
      for (const item of running) once(`${experimentTitle(item)}: ${item.phase}`);
      if (progress.phase === 'paused') once('paused');
    },
    note: (line) => console.log(line),
    end: () => undefined,
  };
}

function liveView(): View {
  const shown = new Set<number>();
  const said = new Set<string>();
  const above = (line: string): void => {
    logUpdate.clear();
    console.log(line);
  };
  return {
    update({ progress, running, spending }) {
      if (!progress) return logUpdate(pc.dim('waiting for a worker (autotuner worker)'));
      for (const line of reused(progress)) {
        if (!said.has(line)) above(line);
        said.add(line);
      }
      for (const item of progress.state.recent) {
        if (shown.has(item.experimentId)) continue;
        shown.add(item.experimentId);
        above(finishedLine(item, progress, true));
      }
      logUpdate(block(progress, running, spending));
    },
    note: above,
    end: () => logUpdate.done(),
  };
}

/** What the search starts from; a line more once it is known that a tune does not apply. */
function reused({ state }: TuneProgress): string[] {
  return state.reuse ? reuseLines(state.reuse).map((line) => `reused: ${oneLine(line)}`) : [];
}

function block(progress: TuneProgress, running: TuneSnapshot['running'], spending: TuneSnapshot['spending']): string {
  const { state, scoring, startedAtMs, phase } = progress;
  const elapsed = formatDuration((Date.now() - startedAtMs) / 1000);
  const best =
    state.best && scoring
      ? `best: [${state.best.experimentId}] ${describeScores(state.best, scoring)}`
      : state.nearest
        ? `nothing feasible yet, nearest: [${state.nearest.experimentId}]`
        : 'nothing measured yet';
  const head = `${pc.bold(oneLine(progress.taskName))}  ${phase}  ${describeCount(state, progress.plan)}  ${elapsed}  ${pc.green(best)}`;
  const rows = running.map((item) => {
    const seconds = formatDuration((Date.now() - item.sinceMs) / 1000);
    return `  ${experimentTitle(item)}  ${pc.cyan(item.phase)} ${seconds}${pc.dim(withDetail(item.detail))}`;
  });
  const outlook = spending ? describeOutlook(spending) : '';
  return [head, ...(outlook ? [pc.dim(`  ${outlook}`)] : []), ...rows].join('\n');
}

function finishedLine(item: FinishedExperiment, { scoring, state }: TuneProgress, colour = false): string {
  const best = state.best?.experimentId === item.experimentId;
  const leaks = (item.leaks ?? []).map((leak) => `\nLEAKED ${describeLeak(leak)}`).join('');
  // An experiment that ended early has an estimate.
  if (item.score !== null && scoring && !item.endedEarly) {
    const score = describeScores(item, scoring);
    const [miss] = item.slo?.misses ?? [];
    if (miss)
      return `${experimentTitle(item)}: ${score}, ${colour ? pc.yellow('infeasible') : 'infeasible'}: ${oneLine(describeMiss(miss))}${leaks}`;
    return `${experimentTitle(item)}: ${colour && best ? pc.green(score) : score}${best && colour ? pc.green('  best so far') : ''}${leaks}`;
  }
  const ended = item.endedEarly && `ended after ${item.endedEarly.after}: ${item.endedEarly.reason}`;
  const why = item.failure ? `${item.failure.code}: ${item.failure.message}` : (ended ?? '');
  return `${experimentTitle(item)}: ${colour ? pc.red(item.status) : item.status}${withDetail(why)}${leaks}`;
}

function withDetail(detail: string): string {
  return detail === '' ? '' : `, ${oneLine(detail)}`;
}
