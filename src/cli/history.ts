import { Command } from 'commander';
import type { History, HistoryFilter } from '../history/types.js';
import { readEnvironment } from '../platform/environment.js';
import { readHistoryUrl } from '../platform/history-url.js';
import { ExitCode } from './exit-codes.js';
import { command, UsageError } from './lib/errors.js';
import { oneLine, shownPath } from './lib/format.js';
import { describeEntries, describeNoise, describeTrend } from './lib/history-view.js';
import { describeComparison } from './lib/comparison-view.js';
import { wholeNumber } from './lib/options.js';
import { describeResults } from './lib/results-view.js';

type ListOptions = HistoryFilter & { readonly limit: number; readonly json: boolean };
type Json = { readonly json: boolean };

const RUN = "a run id, the beginning of one, or a task's name for its last tune";

/** `autotuner history ...`: finished tunes, whatever Temporal still knows of them. */
export function historyCommand(): Command {
  return new Command('history')
    .description('Finished tunes: search, compare, trends, noise.')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(compareCommand())
    .addCommand(trendCommand())
    .addCommand(noiseCommand())
    .addCommand(importCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('List finished tunes, the latest first.')
    .argument('[words...]', 'that all occur in task, model, engine, hardware, host or run id')
    .option('--task <name>', 'only tunes of this task')
    .option('--model <part>', "a part of the model's name")
    .option('--engine <part>', "a part of the engine's name")
    .option('--hardware <part>', 'a part of what the engine ran on')
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      '\nExamples:\n  autotuner history list\n  autotuner history list llama h100\n  autotuner history list --engine sglang --json'
    )
    .action(
      command((words: string[], { limit, json, ...filter }: ListOptions) =>
        withHistory(async (history) => {
          const search = words.join(' ') || undefined;
          const items = [];
          let cursor: string | undefined;
          do {
            const page = await history.list({ ...filter, search, cursor, limit: Math.min(limit - items.length, 200) });
            items.push(...page.items);
            cursor = page.next ?? undefined;
          } while (cursor !== undefined && items.length < limit);
          if (json) console.log(JSON.stringify(items, null, 2));
          else console.log(items.length === 0 ? 'no tunes' : describeEntries(items));
          return ExitCode.ok;
        })
      )
    );
}

function showCommand(): Command {
  return new Command('show')
    .description('Show everything that a finished tune has measured.')
    .argument('<run>', RUN)
    .option('--json', "print the results file's JSON", false)
    .addHelpText('after', '\nExamples:\n  autotuner history show my-task\n  autotuner history show 01984c1a --json')
    .action(
      command((run: string, { json }: Json) =>
        withHistory(async (history) => {
          const file = await history.get(await findRun(history, run));
          if (!file) throw new UsageError(`the history has no tune '${oneLine(run)}'`);
          console.log(json ? JSON.stringify(file, null, 2) : describeResults(file));
          return ExitCode.ok;
        })
      )
    );
}

function compareCommand(): Command {
  return new Command('compare')
    .description('Compare finished tunes: the same task over time, two engines, two models.')
    .argument('<runs...>', `2 to 10, each ${RUN}`)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      '\nExamples:\n  autotuner history compare chat-sglang chat-vllm\n  autotuner history compare 01984c1a 01984d77 --json'
    )
    .action(
      command((runs: string[], { json }: Json) =>
        withHistory(async (history) => {
          const ids = [];
          for (const run of runs) ids.push(await findRun(history, run));
          const comparison = await history.compare(ids);
          console.log(json ? JSON.stringify(comparison, null, 2) : describeComparison(comparison));
          return ExitCode.ok;
        })
      )
    );
}

function trendCommand(): Command {
  return new Command('trend')
    .description('Show how the best of a task has changed from tune to tune.')
    .argument('<task>', 'task name')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExamples:\n  autotuner history trend my-task')
    .action(
      command((task: string, { json }: Json) =>
        withHistory(async (history) => {
          const points = await history.trend(task);
          if (json) console.log(JSON.stringify(points, null, 2));
          else console.log(points.length === 0 ? `no finished tunes of ${oneLine(task)}` : describeTrend(points));
          return ExitCode.ok;
        })
      )
    );
}

function noiseCommand(): Command {
  return new Command('noise')
    .description('Show how much the same configuration differs from start to start, per host.')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample:\n  autotuner history noise')
    .action(
      command(({ json }: Json) =>
        withHistory(async (history) => {
          const hosts = await history.noise();
          console.log(json ? JSON.stringify(hosts, null, 2) : describeNoise(hosts));
          return ExitCode.ok;
        })
      )
    );
}

function importCommand(): Command {
  return new Command('import')
    .description('Take results files into the history: of an earlier version, of another machine.')
    .argument('<path>', 'a results file, or a folder of them')
    .addHelpText(
      'after',
      '\nExamples:\n  autotuner history import results\n  autotuner history import .autotuner/history/kept   # into PostgreSQL'
    )
    .action(
      command((path: string) =>
        withHistory(async (history) => {
          const { importInto } = await import('../history/index.js');
          const { recorded, skipped } = await importInto(history, path).catch((error: NodeJS.ErrnoException) => {
            if (error.code === 'ENOENT') throw new UsageError(`there is no ${shownPath(path)}`);
            throw error;
          });
          for (const { name, reason } of skipped) console.error(`${oneLine(name)}: ${oneLine(reason)}`);
          const { waiting, problem } = await history.status();
          console.log(`took in ${recorded} tune${recorded === 1 ? '' : 's'}`);
          if (problem) console.log(`${waiting} wait: ${oneLine(problem)}`);
          return ExitCode.ok;
        })
      )
    );
}

async function withHistory(work: (history: History) => Promise<number>): Promise<number> {
  // Databases are large: only this command loads them.
  const { openHistory } = await import('../history/index.js');
  const { historyDir: folder } = readEnvironment();
  const history = openHistory({ url: readHistoryUrl(), folder, say: (line) => console.error(line) });
  try {
    return await work(history);
  } finally {
    await history.close();
  }
}

/** @throws UsageError when it means none or several. */
async function findRun(history: History, text: string): Promise<string> {
  const [latest] = (await history.list({ task: text, limit: 1 })).items;
  if (latest) return latest.runId;
  const { items } = await history.list({ search: text, limit: 200 });
  const meant = items.filter(({ runId }) => runId === text || runId.startsWith(text));
  const [found, ...others] = meant.some(({ runId }) => runId === text) ? [{ runId: text }] : meant;
  if (found && others.length === 0) return found.runId;
  throw new UsageError(
    found
      ? `'${oneLine(text)}' begins the run ids of ${meant.length} tunes`
      : `the history has no tune '${oneLine(text)}'; 'autotuner history list' shows what it has`
  );
}
