import { resolve } from 'node:path';
import { Command } from 'commander';
import { readEnvironment } from '../platform/environment.js';
import { ExitCode } from './exit-codes.js';
import { command, UsageError } from './lib/errors.js';
import { shownPath } from './lib/format.js';
import { resultsOf } from './lib/results-argument.js';
import { REPORT_FORMATS as FORMATS, writeReports, type ReportFormat } from './lib/write-reports.js';

/** `autotuner report TASK|RESULTS_FILE`: what a tune has found, for people. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Write a report: one HTML file that works offline, and Markdown with the same content.')
    .argument('<task>', 'task name, workflow id or results file')
    .option('--out <folder>', 'where to write (default: the results folder)')
    .option('--format <formats>', `${FORMATS.join(', ')} or both, separated by a comma`, FORMATS.join())
    .addHelpText(
      'after',
      '\nExamples:\n  autotuner report my-task\n  autotuner report results/my-task_results.json --out . --format html   # needs no server'
    )
    .action(
      command(async (task: string, { out, format }: { out?: string; format: string }) => {
        const formats = formatsOf(format);
        const results = await resultsOf(task);
        const folder = out === undefined ? readEnvironment().resultsDir : resolve(out);
        for (const path of await writeReports(results, folder, formats)) console.log(shownPath(path));
        return ExitCode.ok;
      })
    );
}

function formatsOf(text: string): readonly ReportFormat[] {
  const wanted = text.split(',').map((one) => one.trim());
  const unknown = wanted.find((one) => !FORMATS.some((format) => format === one));
  if (unknown !== undefined) throw new UsageError(`--format takes ${FORMATS.join(' and ')}, not '${unknown}'`);
  return FORMATS.filter((format) => wanted.includes(format));
}
