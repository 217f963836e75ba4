import { Command } from 'commander';
import type { Launch } from '../report/launch/index.js';
import { ExitCode } from './exit-codes.js';
import { command, UsageError } from './lib/errors.js';
import { oneLine } from './lib/format.js';
import { resultsOf } from './lib/results-argument.js';

interface Options {
  readonly form?: string;
  readonly experiment?: string;
  readonly json: boolean;
}

/** `autotuner launch TASK|RESULTS_FILE`: how to run the winner, or any experiment. */
export function launchCommand(): Command {
  return new Command('launch')
    .description('Print how to run what a tune recommends: in a shell, in a container, with OME, with Helm.')
    .argument('<task>', 'task name, workflow id or results file')
    .option('--form <form>', 'that one alone: shell, docker, inference-service, helm-values or measured')
    .option('--experiment <number>', 'another experiment than the recommended one; 0 is the baseline')
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      '\nExamples:\n  autotuner launch my-task\n  autotuner launch my-task --form inference-service > engine.yaml\n  autotuner launch results/my-task_results.json --experiment 0'
    )
    .action(
      command(async (task: string, { form, experiment, json }: Options) => {
        const { experimentOf, LAUNCH_KINDS, launchesOf, recommendedOf } = await import('../report/launch/index.js');
        if (form !== undefined && !LAUNCH_KINDS.some((kind) => kind === form)) {
          throw new UsageError(`--form is one of ${LAUNCH_KINDS.join(', ')}`);
        }
        const results = await resultsOf(task);
        const number = experiment === undefined ? null : Number(experiment);
        const chosen = number === null ? (recommendedOf(results)?.result ?? null) : experimentOf(results, number);
        if (!chosen && number !== null) throw new UsageError(`there is no experiment ${oneLine(experiment ?? '')}`);
        const launches = launchesOf(results, chosen).filter(({ kind }) => form === undefined || kind === form);
        if (json) console.log(JSON.stringify(launches, null, 2));
        else if (form === undefined) console.log(launches.map(describe).join('\n\n'));
        else printOne(launches[0]);
        if (launches.length > 0) return ExitCode.ok;
        console.error(
          chosen ? 'this form cannot be told for this engine' : 'nothing is feasible, so there is nothing to run'
        );
        return ExitCode.nothingFeasible;
      })
    );
}

/** The text alone goes to the output, so that it can be a file; what to know beside it. */
function printOne(launch: Launch | undefined): void {
  if (!launch) return;
  console.error(oneLine(launch.words));
  process.stdout.write(printable(launch.text));
}

function describe({ title, words, text }: Launch): string {
  return `${title}\n${oneLine(words)}\n\n${printable(text)}`.trimEnd();
}

/** A terminal must not be steered by what a task says; lines stay. */
function printable(text: string): string {
  return process.stdout.isTTY ? text.split('\n').map(oneLine).join('\n') : text;
}
