import { Command } from 'commander';
import type { TuneInfo } from '../client/index.js';
import { formatDuration } from '../domain/duration.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { oneLine, table } from './lib/format.js';
import { wholeNumber } from './lib/options.js';
import { withTunes } from './lib/with-tunes.js';

/** `autotuner list`: the tunes on the server. */
export function listCommand(): Command {
  return new Command('list')
    .description('List tunes, the latest first.')
    .argument('[task]', 'only tunes of this task')
    .option('--limit <n>', 'at most so many', wholeNumber, 20)
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExamples:\n  autotuner list\n  autotuner list my-task --limit 5 --json')
    .action(
      command((taskName: string | undefined, { limit, json }: { limit: number; json: boolean }) =>
        withTunes(async (tunes) => {
          const infos: TuneInfo[] = [];
          for await (const info of tunes.list({ limit, ...(taskName ? { taskName } : {}) })) infos.push(info);
          if (json) console.log(JSON.stringify(infos, null, 2));
          else console.log(infos.length === 0 ? 'no tunes' : describeInfos(infos));
          return ExitCode.ok;
        })
      )
    );
}

function describeInfos(infos: readonly TuneInfo[]): string {
  const rows = infos.map((info) => [
    oneLine(info.workflowId),
    info.status,
    info.startedAt.toISOString().slice(0, 19),
    formatDuration(((info.closedAt ?? new Date()).getTime() - info.startedAt.getTime()) / 1000),
    info.bestScore === null ? '-' : String(Number(info.bestScore.toPrecision(5))),
    oneLine(info.model ?? '-'),
  ]);
  return table([['tune', 'status', 'started (UTC)', 'took', 'best score', 'model'], ...rows]);
}
