import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { crashed, measured } from '../../../test/support/earlier-tunes.js';
import { taskOf } from '../../../test/support/tasks.js';
import { buildResultsFile } from '../../domain/results/results-file.js';
import { MOST_REUSED, MOST_TUNES, type Reuse } from '../../domain/reuse/reuse.js';
import { writeResultFiles } from '../result-files.js';
import { RunStore } from '../run-store.js';
import { gatherReuse } from './gather.js';
import { earlierRunsOf } from './index.js';

let dir: string;
let folders: { artifactsDir: string; resultsDir: string };
let store: RunStore;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earlier-'));
  folders = { artifactsDir: join(dir, 'artifacts'), resultsDir: join(dir, 'results') };
  store = new RunStore(folders.artifactsDir);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const many = taskOf({ parameters: { tp_size: { type: 'int', min: 1, max: 1000 } } });
const gather = (own = 'own'): Promise<Reuse> => gatherReuse(many, earlierRunsOf(folders), own);
const OUTCOMES = [measured(1, { tp_size: 1 }, 2), measured(2, { tp_size: 2 }, 1), crashed(3, { tp_size: 4 })];

/** A tune in the folder of outcomes. @param age in hours */
async function stored(taskName: string, runId: string, outcomes = OUTCOMES, age = 1): Promise<void> {
  await store.describe({ taskName, runId }, many);
  for (const outcome of outcomes) await store.record({ taskName, runId }, outcome);
  const at = new Date(Date.now() - age * 3_600_000);
  for (const name of ['task.json', 'experiments'])
    await utimes(join(folders.artifactsDir, taskName, runId, name), at, at);
}

async function withResults(taskName: string, runId: string, task = { ...many, task_name: taskName }): Promise<string> {
  const file = buildResultsFile({
    ...{ task, outcomes: OUTCOMES, workflowId: 'w', runId, elapsedSeconds: 1, finishedAtMs: 0, stoppedEarly: false },
    writtenBy: { autotunerVersion: '0', nodeVersion: '0', machine: 'none' },
  });
  return (await writeResultFiles(folders.resultsDir, file)).resultsFile;
}

describe('earlier tunes', () => {
  it('are none where there is nothing', async () => {
    expect(await gather()).toEqual({ tunes: [], skipped: [] });
  });

  it('are found in the folder of outcomes and in results files, each once, and the own one not at all', async () => {
    await stored('chat', 'run-1', OUTCOMES, 5);
    await withResults('chat', 'run-1');
    await withResults('elsewhere', 'run-2');
    await stored('chat', 'own', OUTCOMES, 0);
    const { tunes, skipped } = await gather();
    expect(skipped).toEqual([]);
    expect(tunes.map(({ taskName, runId }) => [taskName, runId])).toEqual([
      ['elsewhere', 'run-2'],
      ['chat', 'run-1'],
    ]);
    // Both ways give the same.
    expect(tunes[0]?.observations).toEqual(tunes[1]?.observations);
    expect(tunes[0]?.crashes).toEqual([{ combination: { tp_size: 4 }, code: 'OUT_OF_MEMORY' }]);
  });

  it('are the newest ones, and not more than a history can carry', async () => {
    for (let i = 0; i < MOST_TUNES + 2; i++) await stored('chat', `run-${i}`, OUTCOMES, i + 1);
    const tunes = (await gather()).tunes.map(({ runId }) => runId);
    expect(tunes).toEqual(Array.from({ length: MOST_TUNES }, (_, i) => `run-${i}`));
    const large = Array.from({ length: MOST_REUSED }, (_, i) => measured(i + 1, { tp_size: i + 1 }, 1.123456789012345));
    await stored('chat', 'large', large, 0.5);
    const reuse = await gather();
    expect(reuse.tunes.map(({ observations }) => observations.length)).toEqual([MOST_REUSED]);
    expect(JSON.stringify(reuse).length).toBeLessThan(30_000);
  });

  it('that cannot be read are skipped, and say why', async () => {
    await stored('good', 'run', OUTCOMES, 0);
    await stored('other', 'run');
    await writeFile(join(folders.artifactsDir, 'other', 'run', 'task.json'), '{"task_name": ');
    await stored('broken', 'run');
    await writeFile(join(folders.artifactsDir, 'broken', 'run', 'experiments', '1', 'outcome.json'), '{"a": 1}');
    await stored('linked', 'run');
    await rm(join(folders.artifactsDir, 'linked', 'run', 'task.json'));
    await symlink('/etc/passwd', join(folders.artifactsDir, 'linked', 'run', 'task.json'));
    const results = await withResults('results', 'run-3');
    await writeFile(results, 'null');
    await writeFile(await withResults('oldstyle', 'run-4'), '{"task_name": "old", "best_result": {}}');
    await truncate(await withResults('huge', 'run-5'), 65 * 2 ** 20);
    await withResults('cached', 'run-6', taskOf({ task_name: 'cached', benchmark: { prefix_cache: 'keep' } }));
    // Nobody expects that of another model.
    await withResults('unrelated', 'run-7', taskOf({ task_name: 'unrelated', model: { name: 'other' } }));
    execFileSync('mkfifo', [join(folders.resultsDir, 'pipe_results.json')]);
    await mkdir(join(folders.resultsDir, 'folder_results.json'));
    await writeFile(join(folders.resultsDir, '..hidden_results.json'), '{}');
    const { tunes, skipped } = await gather();
    expect(tunes.map(({ taskName }) => taskName).sort()).toEqual(['broken', 'good']);
    expect(Object.fromEntries(skipped.map(({ name, reason }) => [name, reason]))).toEqual({
      other: 'its file holds no JSON',
      linked: 'its file cannot be opened (ELOOP)',
      results: 'it is no results file of this version',
      oldstyle: 'it is no results file of this version',
      huge: 'its file has more than 64 MiB',
      cached: 'it differs in benchmark.prefix_cache',
      pipe: 'it is no regular file',
      folder: 'it is no regular file',
    });
  });
});
