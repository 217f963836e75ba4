/** Reports as files. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { ResultsFile } from '../../domain/results/tune-result.js';

export const REPORT_FORMATS = ['html', 'md'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/**
 * Writes each file as a whole or not at all; the folder is made if missing.
 * @returns the paths of the reports, without those of their pictures.
 */
export async function writeReports(
  results: ResultsFile,
  folder: string,
  formats: readonly ReportFormat[]
): Promise<string[]> {
  // ECharts takes its time to load, and no other command needs it.
  const { htmlReport, markdownWithPictures } = await import('../../report/index.js');
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
