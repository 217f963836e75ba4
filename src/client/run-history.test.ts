/** Recorded histories, read whole and as they would have come: the same is known in the end. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { defaultDataConverter } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { readHistories, type RecordedHistory } from '../../test/support/histories.js';
import { readRun, RunReading, type RunHistory } from './run-history.js';

const loadedDataConverter = { ...defaultDataConverter, payloadCodecs: [] };
const client = { options: { loadedDataConverter } } as unknown as Client;

let tunes: RecordedHistory[];
beforeAll(async () => {
  tunes = (await readHistories()).filter(({ name }) => /\.tune-\d+$/.test(name));
});

async function inBatches({ history }: RecordedHistory, size: number): Promise<RunHistory> {
  const reading = new RunReading(client, 'run');
  const events = history.events ?? [];
  for (let at = 0; at < events.length; at += size) {
    await reading.add(events.slice(at, at + size));
    // Whoever looks in between changes nothing.
    reading.history();
  }
  return reading.history();
}

describe('RunReading', () => {
  it('knows the same whether a history comes at once or in parts', async () => {
    expect(tunes.length).toBeGreaterThan(50);
    for (const tune of tunes) {
      const whole = await readRun(client, 'run', tune.history);
      for (const size of [1, 7]) expect([tune.name, await inBatches(tune, size)]).toEqual([tune.name, whole]);
    }
  });

  it('has an outcome or an open experiment for every one that was begun', async () => {
    for (const { name, history } of tunes) {
      const { outcomes, open } = await readRun(client, 'run', history);
      // One that could not begin, since an earlier one of its name still ended, is begun again.
      const begun = new Set(
        (history.events ?? [])
          .map((event) => event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId)
          .filter(Boolean)
      );
      const known = [...outcomes, ...open.filter(({ started }) => started)].map(({ experimentId }) => experimentId);
      expect([name, new Set(known).size]).toEqual([name, begun.size]);
    }
  });

  it('knows how a run ended', async () => {
    const ends = new Set<string>();
    for (const { history } of tunes) {
      const reading = new RunReading(client, 'run');
      await reading.add(history.events ?? []);
      const { end, result } = reading.history();
      ends.add(reading.continuedAs === null ? end : 'continued');
      if (end === 'completed') expect(result).toHaveProperty('answer');
    }
    expect(ends).toEqual(new Set(['completed', 'otherwise', 'continued']));
  });
});
