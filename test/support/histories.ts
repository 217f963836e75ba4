/** Recorded workflow histories: made by the workflow tests when asked to, replayed by the replay suite. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { WorkflowClient } from '@temporalio/client';
import { historyFromJSON, historyToJSON, type History } from '@temporalio/common/lib/proto-utils.js';

const FOLDER = 'test/replay/histories';

export interface RecordedHistory {
  /** The test that recorded it, and which of its workflows it is. */
  readonly name: string;
  /** A replay needs it: the names of children are made from it. */
  readonly workflowId: string;
  readonly history: History;
}

/** Writes the histories of a tune's runs and of its experiments that the folder does not have yet. */
export async function recordHistories(client: WorkflowClient, testName: string, tuneId: string): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const slug = testName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 80);
  const save = async (suffix: string, workflowId: string, history: History): Promise<void> => {
    const text = JSON.stringify({ workflowId, history: JSON.parse(historyToJSON(history)) as object });
    // Stack traces hold the path of the machine that recorded them.
    const clean = text.replaceAll(process.cwd(), '/project');
    await writeFile(join(FOLDER, `${slug}.${suffix}.json.gz`), gzipSync(clean, { level: 9 }));
  };
  let runId: string | undefined;
  for (let run = 1; runId !== ''; run++) {
    const history = await client.getHandle(tuneId, runId).fetchHistory();
    await save(`tune-${run}`, tuneId, history);
    runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }
  for (let experiment = 1; experiment <= 2; experiment++) {
    const workflowId = `${tuneId}/${experiment}`;
    // A tune may have started none, or one.
    const history = await client
      .getHandle(workflowId)
      .fetchHistory()
      .catch(() => null);
    if (history) await save(`experiment-${experiment}`, workflowId, history);
  }
}

export async function readHistories(): Promise<RecordedHistory[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json.gz')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = gunzipSync(await readFile(join(FOLDER, name))).toString('utf8');
      const { workflowId, history } = JSON.parse(text) as { workflowId: string; history: unknown };
      return { name: name.replace('.json.gz', ''), workflowId, history: historyFromJSON(history) };
    })
  );
}
