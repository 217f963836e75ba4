import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import type { ResultsFile } from '../domain/results/tune-result.js';
import { readEnvironment } from '../platform/environment.js';
import { ExitCode } from './exit-codes.js';
import { command, UsageError } from './lib/errors.js';
import { shownPath } from './lib/format.js';
import { resultsOf } from './lib/results-argument.js';

const FORMATS = ['html', 'md'] as const;
type Format = (typeof FORMATS)[number];

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

function formatsOf(text: string): readonly Format[] {
  const wanted = text.split(',').map((one) => one.trim());
  const unknown = wanted.find((one) => !FORMATS.some((format) => format === one));
  if (unknown !== undefined) throw new UsageError(`--format takes ${FORMATS.join(' and ')}, not '${unknown}'`);
  return FORMATS.filter((format) => wanted.includes(format));
}

/** @returns the paths of the reports, without those of their pictures. */
async function writeReports(results: ResultsFile, folder: string, formats: readonly Format[]): Promise<string[]> {
  // ECharts takes its time to load, and no other command needs it.
  const { htmlReport, markdownWithPictures } = await import('../report/index.js');
  // A file may name its task as it likes.
  const name = `${results.task_name.replace(/[^\w-]+/g, '_').slice(0, 63) || 'tune'}_report`;
  const paths: string[] = [];
  await mkdir(folder, { recursive: true });
  if (formats.includes('html')) {
    const path = join(folder, `${name}.html`);
    await writeFileAtomic(path, htmlReport(results));
    paths.push(path);
  }
  if (formats.includes('md')) {
    const pictureFolder = `${name}_pictures`;
    const { markdown, pictures } = markdownWithPictures(results, pictureFolder);
    await mkdir(join(folder, pictureFolder), { recursive: true });
    for (const { name: picture, svg } of pictures) await writeFileAtomic(join(folder, pictureFolder, picture), svg);
    const path = join(folder, `${name}.md`);
    await writeFileAtomic(path, markdown);
    paths.push(path);
  }
  return paths;
}
