import { Command, Option } from 'commander';
import type { Overlap, Schedules, TuneScheduleInfo, Tunes } from '../client/index.js';
import { loadTaskFile } from '../platform/task-file.js';
import { ExitCode } from './exit-codes.js';
import { command, UsageError } from './lib/errors.js';
import { oneLine, table } from './lib/format.js';
import { duration } from './lib/options.js';
import { withTunes } from './lib/with-tunes.js';

interface CreateOptions {
  readonly cron?: string;
  readonly every?: number;
  readonly overlap: Overlap;
  readonly paused: boolean;
}

/** `autotuner schedule ...`: recurring tunes, as Temporal Schedules. */
export function scheduleCommand(): Command {
  return new Command('schedule')
    .description('Recurring tunes.')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(
      actCommand('pause', 'Start no further tunes until resumed.', (schedules, task) => schedules.pause(task))
    )
    .addCommand(actCommand('resume', 'Go on after a pause.', (schedules, task) => schedules.resume(task)))
    .addCommand(actCommand('trigger', 'Start a tune now.', (schedules, task) => schedules.trigger(task)))
    .addCommand(
      actCommand('delete', 'Remove the schedule; tunes that it has started go on.', (schedules, task) =>
        schedules.delete(task)
      )
    );
}

function createCommand(): Command {
  return new Command('create')
    .description('Tune a task again and again. Each tune has an id of its own: tune/<task>-<time>.')
    .argument('<file>', 'task file')
    .option('--cron <expression>', "five fields, UTC; 'CRON_TZ=Europe/Berlin 0 3 * * 1' for another time zone")
    .option('--every <duration>', 'such as 12h or 7d', duration)
    .addOption(
      new Option('--overlap <policy>', 'when a tune is due while the last one runs')
        .choices(['skip', 'buffer', 'cancel'] satisfies Overlap[])
        .default('skip')
    )
    .option('--paused', 'create it paused', false)
    .addHelpText(
      'after',
      "\nExamples:\n  autotuner schedule create task.yaml --cron '0 3 * * 1'\n  autotuner schedule create task.yaml --every 24h --overlap buffer"
    )
    .action(
      command(async (path: string, { cron, every, overlap, paused }: CreateOptions) => {
        if ((cron === undefined) === (every === undefined)) {
          throw new UsageError("say when: either --cron '0 3 * * *' or --every 24h");
        }
        const { file } = await loadTaskFile(path);
        return withSchedules(async (schedules) => {
          const when = { ...(cron === undefined ? {} : { cron }), ...(every === undefined ? {} : { everyMs: every }) };
          const id = await schedules.create({ file, overlap, paused, ...when });
          console.log(`created schedule ${id}${paused ? ', paused' : ''}`);
          return ExitCode.ok;
        });
      })
    );
}

function listCommand(): Command {
  return new Command('list')
    .description('List the schedules of tunes.')
    .option('--json', 'print JSON', false)
    .action(
      command(({ json }: { json: boolean }) =>
        withSchedules(async (schedules) => {
          const infos: TuneScheduleInfo[] = [];
          for await (const info of schedules.list()) infos.push(info);
          if (json) console.log(JSON.stringify(infos, null, 2));
          else console.log(infos.length === 0 ? 'no schedules' : describeInfos(infos));
          return ExitCode.ok;
        })
      )
    );
}

function actCommand(
  name: string,
  description: string,
  act: (schedules: Schedules, task: string) => Promise<void>
): Command {
  return new Command(name)
    .description(description)
    .argument('<task>', 'task name or schedule id')
    .action(
      command((task: string) =>
        withSchedules(async (schedules) => {
          await act(schedules, task);
          console.log(`${name}: done`);
          return ExitCode.ok;
        })
      )
    );
}

function describeInfos(infos: readonly TuneScheduleInfo[]): string {
  const time = (date: Date | null): string => date?.toISOString().slice(0, 19) ?? '-';
  const rows = infos.map((info) => [
    info.id,
    info.paused ? 'paused' : 'active',
    time(info.nextAt),
    time(info.lastAt),
    oneLine(info.note),
  ]);
  return table([['schedule', 'state', 'next (UTC)', 'last (UTC)', 'note'], ...rows]);
}

function withSchedules(work: (schedules: Schedules) => Promise<number>): Promise<number> {
  return withTunes(async ({ client }: Tunes) => {
    const library = await import('../client/index.js');
    return work(new library.Schedules(client));
  });
}
