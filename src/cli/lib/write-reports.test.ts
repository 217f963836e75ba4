import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tunedResults } from '../../../test/support/tuned.js';
import { resultsOf } from './results-argument.js';
import { writeReports } from './write-reports.js';

describe('report files', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are an HTML file, a Markdown file and its pictures', async () => {
    const paths = await writeReports(tunedResults(), folder, ['html', 'md']);
    expect(paths.map((path) => relative(folder, path))).toEqual(['test_report.html', 'test_report.md']);
    expect((await readdir(folder)).sort()).toEqual(['test_report.html', 'test_report.md', 'test_report_pictures']);
    const markdown = await readFile(join(folder, 'test_report.md'), 'utf8');
    const named = [...markdown.matchAll(/\]\(test_report_pictures\/([\w-]+\.svg)\)/g)].map(([, name]) => name);
    expect((await readdir(join(folder, 'test_report_pictures'))).sort()).toEqual(named.sort());
    // ECharts takes long to load where all else runs, too.
  }, 60_000);

  it('stay in their folder, whatever the task is called', async () => {
    const results = { ...tunedResults({ experiments: 3, finals: false }), task_name: '../../etc/x\u0000' };
    const [path = ''] = await writeReports(results, folder, ['html']);
    expect(relative(folder, path)).toBe('_etc_x__report.html');
  }, 60_000);

  it('are made from a results file without any server, and of nothing else', async () => {
    const file = join(folder, 'test_results.json');
    await writeFile(file, JSON.stringify(tunedResults()));
    expect(await resultsOf(file)).toEqual(JSON.parse(JSON.stringify(tunedResults())));
    await expect(resultsOf(join(folder, 'none.json'))).rejects.toThrow(/cannot read .*ENOENT/);
    await writeFile(file, '{"task_name": 1}');
    await expect(resultsOf(file)).rejects.toThrow(/is no results file: task_name/);
    await writeFile(file, 'x');
    await expect(resultsOf(file)).rejects.toThrow(/is no JSON/);
  });
});
