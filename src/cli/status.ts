import { Command } from 'commander';
import type { TuneSnapshot } from '../client/index.js';
import { formatDuration } from '../domain/duration.js';
import { describeCombination } from '../domain/space/combination.js';
import { describeScores } from '../domain/scoring/objective.js';
import { describeMiss } from '../domain/scoring/slo.js';
import { describeInfeasible } from '../domain/tuning/answer.js';
import { describeCount } from '../domain/tuning/progress-count.js';
import type { Planned } from '../domain/tuning/tuning-state.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { describeLeak, experimentTitle, oneLine } from './lib/format.js';
import { describeSpending } from './lib/spending-view.js';
import { withTunes } from './lib/with-tunes.js';

/** `autotuner status TASK`: where a tune stands now. */
export function statusCommand(): Command {
  return new Command('status')
    .description('Show where a tune stands.')
    .argument('<task>', 'task name or workflow id')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample:\n  autotuner status my-task --json')
    .action(
      command((task: string, { json }: { json: boolean }) =>
        withTunes(async (tunes) => {
          const snapshot = await (await tunes.find(task)).look();
          console.log(json ? JSON.stringify(snapshot, null, 2) : describeSnapshot(snapshot));
          return ExitCode.ok;
        })
      )
    );
}

function describeSnapshot({ info, progress, running, spending }: TuneSnapshot): string {
  const seconds = ((info.closedAt ?? new Date()).getTime() - info.startedAt.getTime()) / 1000;
  const lines = [
    `tune      ${info.workflowId} (run ${info.runId})`,
    `status    ${info.status}, ${formatDuration(seconds)} since ${info.startedAt.toISOString()}`,
  ];
  if (!progress) return [...lines, 'progress  unknown: no worker answers (autotuner worker)'].join('\n');
  const { state, scoring, phase } = progress;
  lines.push(`phase     ${phase}`, `finished  ${describeCount(state, progress.plan)}`);
  if (spending) lines.push(...describeSpending(spending, progress));
  for (const [code, count] of Object.entries(state.failures)) lines.push(`failed    ${count} with ${code}`);
  for (const item of running) {
    const { phase: step, detail: more } = item;
    lines.push(`running   ${experimentTitle(item)}: ${step}${more ? `, ${oneLine(more)}` : ''}`);
  }
  for (const { experimentId, leaks = [] } of state.recent)
    for (const leak of leaks) lines.push(`leaked    [${experimentId}] ${describeLeak(leak)}`);
  if (state.counts.infeasible > 0) lines.push(`missed    ${describeInfeasible(state)}`);
  const shown = ({ experimentId, combination }: Planned): string =>
    `[${experimentId}] ${oneLine(describeCombination(combination))}`;
  if (scoring && state.best) lines.push(`best      ${shown(state.best)}: ${describeScores(state.best, scoring)}`);
  else if (state.nearest) {
    const misses = (state.nearest.slo?.misses ?? []).map(describeMiss);
    lines.push(`nearest   ${shown(state.nearest)}: ${misses.join('; ')}`);
  }
  for (const member of state.front ?? []) {
    if (scoring) lines.push(`front     ${shown(member)}: ${describeScores({ score: null, ...member }, scoring)}`);
  }
  return lines.join('\n');
}
