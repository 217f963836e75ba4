/** Workflows that are running while the code changes must still understand their own past. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { readHistories, type RecordedHistory } from '../support/histories.js';
import { workflowBundle } from '../support/temporal.js';

let bundle: WorkflowBundleWithSourceMap;
let histories: RecordedHistory[];

beforeAll(async () => {
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR' }) };
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
  bundle = await workflowBundle();
  histories = await readHistories();
});

/** The names of those that do not replay, with the reason. */
async function failures(recorded: readonly RecordedHistory[]): Promise<string[]> {
  const failed: string[] = [];
  let at = 0;
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: bundle }, recorded)) {
    if (error) failed.push(`${recorded[at]?.name}: ${error.message}`);
    at++;
  }
  return failed;
}

describe('recorded histories', () => {
  it('are there for both workflows and every way to end', () => {
    const kinds = histories.map(({ name }) => name.replace(/\.(tune|experiment)-\d+$/, '.$1'));
    for (const ending of [
      'measures-every-combination',
      'cancelled-',
      'stop-',
      'pause-',
      'continues-as-new',
      'refuses-a-bad-task-file',
      'ends-at-once',
      'answers-clearly-when-nothing-is-feasible',
      'another-host-takes',
      'runs-again-what-failed',
      'gives-its-place-back',
      'an-experiment-that-takes-too-long',
      'an-experiment-repeats',
      'a-hopeless-experiment-ends-after',
      'the-highest-load-under-the-slos-is-found',
    ]) {
      expect(kinds.filter((kind) => kind.startsWith(ending)).map((kind) => kind.split('.').at(-1))).toContain('tune');
    }
    expect(kinds.filter((kind) => kind.endsWith('.experiment')).length).toBeGreaterThan(10);
  });

  it('replay with the workflows as they are now', async () => {
    expect(await failures(histories)).toEqual([]);
  });

  it('would not if a workflow did something else than it recorded', async () => {
    const [first] = histories.filter(({ name }) => name.endsWith('.experiment-1'));
    if (!first) throw new Error('no experiment was recorded');
    const scheduled = first.history.events?.find((event) => event.activityTaskScheduledEventAttributes);
    const type = scheduled?.activityTaskScheduledEventAttributes?.activityType;
    if (!type) throw new Error('no activity was recorded');
    const { name } = type;
    type.name = 'somethingElse';
    expect(await failures([first])).toHaveLength(1);
    if (name) type.name = name;
  });
});
