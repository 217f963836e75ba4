/**
 * The client library: starts a tune, follows it, stops it when an experiment is good enough, and prints the best configuration.
 * It needs a Temporal server and a worker (`autotuner dev`).
 *
 * Run: npx tsx examples/client.ts examples/local_task.json 0.5
 */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { connect, TuneAlreadyRunningError, Tunes, type Tune, type TuneResult } from '../src/client/index.js';

/** @param goodEnough a score, lower is better: seconds for latencies, negative for throughputs. */
export async function tuneUntil(tunes: Tunes, file: { task_name: string }, goodEnough: number): Promise<TuneResult> {
  const tune = await startOrJoin(tunes, file);
  let stopped = false;
  for await (const { progress } of tune.watch({ everyMs: 500 })) {
    const best = progress?.state.best;
    if (best?.score == null || best.score > goodEnough || stopped) continue;
    console.log(`experiment ${best.experimentId} is good enough: ${await tune.stop()}`);
    stopped = true;
  }
  return tune.result();
}

async function startOrJoin(tunes: Tunes, file: { task_name: string }): Promise<Tune> {
  try {
    // What is wrong with the file, the workflow says: see docs/task-file.md.
    return await tunes.start(file as Parameters<Tunes['start']>[0]);
  } catch (error) {
    if (!(error instanceof TuneAlreadyRunningError)) throw error;
    return tunes.find(file.task_name);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path = 'examples/local_task.json', goodEnough = '0.5'] = process.argv.slice(2);
  const client = await connect();
  try {
    const file = JSON.parse(await readFile(path, 'utf8')) as { task_name: string };
    const { answer, bestCommand } = await tuneUntil(new Tunes(client), file, Number(goodEnough));
    console.log([answer, bestCommand].join('\n'));
  } finally {
    await client.connection.close();
  }
}
