import { Command } from 'commander';
import { experimentSeconds } from '../contracts/policies.js';
import { spendingOf } from '../domain/budget/forecast.js';
import { planOf } from '../domain/budget/tune-plan.js';
import { noteUsage, UNUSED, type Usage } from '../domain/budget/usage.js';
import { describeAmounts } from '../domain/budget/words.js';
import { NO_FINALS } from '../domain/verdict/finals-state.js';
import { dockerRunCommand } from '../backends/docker/run-command.js';
import { engineArguments } from '../backends/engine-command.js';
import { describeCombination, type Combination } from '../domain/space/combination.js';
import { mostMeasured } from '../domain/loads/load-plan.js';
import { maxLoadOf } from '../domain/loads/max-load-plan.js';
import { describeLoad, loadsOf } from '../domain/loads/measurement.js';
import { describeScoring, scoringOf } from '../domain/scoring/objective.js';
import { countAllowed, createSearchSpace, type SearchSpace } from '../domain/space/search-space.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import { shellQuote } from '../domain/shell-quote.js';
import { describeSlo, slosOf } from '../domain/scoring/slo.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import { learns } from '../domain/space/strategy.js';
import { reuseLines } from '../domain/reuse/report.js';
import { wantsReuse } from '../domain/reuse/wants-reuse.js';
import { createOptimizers } from '../optimizers/index.js';
import { gatherReuse } from '../platform/earlier-runs/gather.js';
import { earlierRunsOf } from '../platform/earlier-runs/index.js';
import { readEnvironment } from '../platform/environment.js';
import { loadTaskFile } from '../platform/task-file.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { oneLine } from './lib/format.js';
import { describeForecast } from './lib/spending-view.js';
import { resultsFromFolder } from './lib/load-results.js';

/** Executables as people know them: the plan is made without looking at the machine that will run it. */
const PROGRAMS = { 'llama.cpp': 'llama-server', sglang: 'python3', vllm: 'vllm' } as const;

/** `autotuner plan FILE`: what a tune would do. */
export function planCommand(): Command {
  return new Command('plan')
    .description('Show what a task would do: combinations, loads, duration, the first engine command. Needs no server.')
    .argument('<file>', 'task file')
    .addHelpText('after', '\nExample:\n  autotuner plan examples/local_task.json')
    .action(
      command(async (file: string) => {
        console.log(await describePlan(file));
        return ExitCode.ok;
      })
    );
}

/** From the last run of the same task where there is one: nothing else knows how long this engine takes on this machine. */
async function describeForecasts(task: TuningTask, allowed: number): Promise<string[]> {
  const plan = planOf(task, { longestSeconds: experimentSeconds(task), allowed });
  const last = await resultsFromFolder(task.task_name, readEnvironment().resultsDir);
  const progress = {
    ...{ finals: NO_FINALS, underWay: 0, elapsed: 0, isOver: false },
    awaitsBaseline: task.baseline !== false,
    searchLeft: task.aa === undefined ? Math.min(allowed, task.optimization.max_iterations) : 0,
  };
  const told = (usage: Usage): string => {
    const { forecast } = spendingOf(plan, { ...progress, usage });
    return forecast ? describeForecast(forecast, plan.currency, ['wall_time', 'accelerator_hours', 'money']) : '';
  };
  const { samples } = (last ? measuredIn(last) : []).reduce(noteUsage, UNUSED);
  const budget = describeAmounts(plan.limits, plan.currency);
  return [
    ...(samples.length > 0 ? [`forecast      ${told({ ...UNUSED, samples })}, by the last run`] : []),
    `duration      ${told(UNUSED)}`,
    ...(budget ? [`budget        ${budget}`] : []),
  ];
}

/** All that a run has deployed, the baseline and the finals too. */
function measuredIn({ all_results, baseline, finalists }: ResultsFile): Parameters<typeof noteUsage>[1][] {
  const all = [...(baseline ? [baseline] : []), ...all_results, ...finalists.flatMap(({ rounds }) => rounds)];
  return all.map(({ status, timings_s: timings, accelerators }) => {
    const of = (phase: string): number => timings[phase] ?? 0;
    return {
      status: status === 'success' ? 'succeeded' : status,
      accelerators,
      timings: {
        ...{ queued: of('queued'), deploying: of('deploying'), starting: of('starting') },
        ...{ warming_up: of('warming_up'), benchmarking: of('benchmarking'), benchmark_tool: of('benchmark_tool') },
        ...{ tearing_down: of('tearing_down'), total: of('total') },
      },
    };
  });
}

/** What is tried first; of a strategy that learns any combination, since its model is not asked for a plan. */
async function firstCombination({ optimization }: TuningTask, space: SearchSpace): Promise<Combination | undefined> {
  const { strategy, seed, max_iterations: budget } = optimization;
  const optimizers = createOptimizers({ ask: () => Promise.reject(new Error('a plan asks no model')) });
  const optimizer = optimizers[learns(strategy) ? 'random' : strategy];
  const request = { space, cursor: 0, count: 1, seed, budget, observations: [], pending: [] };
  return (await optimizer.suggest(request)).combinations[0];
}

/** What earlier tunes on this machine would give it, if its engines turn out to run on the same. */
async function describeReuse(task: TuningTask): Promise<string[]> {
  if (!wantsReuse(task)) return [];
  const lines = reuseLines(await gatherReuse(task, earlierRunsOf(readEnvironment()), ''));
  return lines.map((line, i) => `${i === 0 ? 'reuses' : '      '}        ${oneLine(line)}`);
}

function describeLoads(task: TuningTask): string {
  const { starts } = mostMeasured(task);
  const maxLoad = maxLoadOf(task);
  if (maxLoad)
    return `the most of ${maxLoad.min} to ${maxLoad.max} at once under the SLOs, in at most ${starts} starts`;
  const loads = loadsOf(task.benchmark);
  const { repeats = 1 } = task.benchmark;
  const often = starts > 1 ? `, ${repeats > 1 ? `${repeats} times, ` : ''}in at most ${starts} starts` : '';
  return `${loads.length} per experiment${often}: ${loads.map(describeLoad).join(', ')}`;
}

/** The fewest and the most measurements of the finals; how many there will be, the gain decides. */
function finalsOf(
  { baseline, verification: { finalists, rounds } }: TuningTask,
  experiments: number
): [number, number] {
  const participants = Math.min(finalists, experiments) + 1;
  if (baseline === false || participants === 1) return [0, 0];
  return [participants * rounds.min, participants * rounds.max];
}

function describeFinals(task: TuningTask, [fewest, most]: [number, number]): string {
  if (most === 0) return 'none: the winner is not compared with a baseline';
  const { finalists, rounds } = task.verification;
  return `${fewest} to ${most} measurements: the baseline and up to ${finalists} finalists in ${rounds.min} to ${rounds.max} rounds`;
}

/** The engine's command of a combination, as far as it is known before the machine is. */
function commandOf(task: TuningTask, combination: Combination): string[] {
  const model = task.model.path ?? task.model.name;
  if (task.backend === 'docker' && task.docker) {
    const { docker: settings } = task;
    const mounts = settings.volumes.map(({ source, target, read_only: readOnly }) => ({ source, target, readOnly }));
    const mounted = { source: model, target: settings.model_mount, readOnly: true };
    const devices = Array.isArray(settings.devices)
      ? settings.devices.map(String)
      : settings.devices === 'all'
        ? 'all'
        : [];
    return dockerRunCommand({
      ...{ task, settings, combination, devices },
      model: settings.model_mount,
      mounts: [mounted, ...mounts],
    });
  }
  const program = typeof task.engine === 'string' ? PROGRAMS[task.engine] : (task.engine.command[0] ?? '');
  const args = engineArguments(task, combination, {
    model,
    alias: task.benchmark.model_name,
    host: '127.0.0.1',
    port: 'PORT',
    apiKeyFile: 'KEY_FILE',
  });
  return [program, ...args];
}

async function describePlan(file: string): Promise<string> {
  const { task } = await loadTaskFile(file);
  const space = createSearchSpace(task);
  const { allowed, pruned, exact } = countAllowed(space);
  const about = exact ? '' : 'about ';
  const searched = Math.min(allowed, task.optimization.max_iterations);
  const finals = finalsOf(task, searched);
  const { strategy, parallelism } = task.optimization;
  const first = await firstCombination(task, space);
  const lines = [
    `task          ${task.task_name}`,
    `combinations  ${space.size}, of which the constraints prune ${about}${pruned}`,
    `experiments   ${searched} (${strategy}, up to ${parallelism} at once; one engine per device and one benchmark per host)`,
    `finals        ${describeFinals(task, finals)}`,
    `loads         ${describeLoads(task)}`,
    `objective     ${describeScoring(scoringOf(task), loadsOf(task.benchmark).length)}`,
    ...slosOf(task).map((slo, i) => `${i === 0 ? 'limits' : '      '}        ${describeSlo(slo)}`),
    ...(await describeForecasts(task, allowed)),
    ...(await describeReuse(task)),
  ];
  if (first) {
    lines.push(
      `${learns(strategy) ? 'for example' : 'first      '}   ${describeCombination(first)}`,
      `command       ${shellQuote(commandOf(task, first))}`
    );
  }
  return lines.join('\n');
}
