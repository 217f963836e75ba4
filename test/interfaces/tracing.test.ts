/** One trace for a tune, from the command that starts it to the load generator; and logs that name the same ids. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Collector, type Span } from '../support/collector.js';
import { World } from '../support/world.js';

let collector: Collector;
let world: World;
beforeAll(async () => {
  collector = await Collector.start();
  world = await World.create({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    AUTOTUNER_LOG_FORMAT: 'json',
  });
  await world.startServer();
  await world.start(['worker', '--log-level', 'INFO'], '{"time"');
});
afterAll(async () => {
  await world?.close();
  await collector?.close();
});

const named = (name: string, spans: readonly Span[] = collector.spans): Span[] =>
  spans.filter((span) => span.name === name);

/** The names from a span up to its trace's root. */
function wayUp(span: Span): string[] {
  const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [span.name, ...(parent ? wayUp(parent) : [])];
}

describe('a traced tune', () => {
  it('is one trace, whatever runs where', async () => {
    expect((await world.cli('run', await world.task('traced'))).code).toBe(0);
    await world.until(async () => named('RunWorkflow:tuneWorkflow').length > 0, 'the last span has arrived');
    const [start] = named('StartWorkflow:tuneWorkflow');
    const spans = collector.spans.filter(({ traceId }) => traceId === start?.traceId);
    expect(named('RunWorkflow:experimentWorkflow', spans)).toHaveLength(2);
    for (const load of named('load by genai-bench', spans)) {
      expect(wayUp(load)).toEqual([
        'load by genai-bench',
        'RunActivity:runBenchmark',
        'StartActivity:runBenchmark',
        'RunWorkflow:experimentWorkflow',
        'StartChildWorkflow:experimentWorkflow',
        'RunWorkflow:tuneWorkflow',
        'StartWorkflow:tuneWorkflow',
      ]);
      expect(JSON.stringify(load.attributes)).toContain('"autotuner.task"');
    }
    expect(named('load by genai-bench', spans)).toHaveLength(2);
    // Whoever watches it asks all the time, which is nobody's business.
    expect(collector.spans.filter(({ name }) => name.startsWith('Query'))).toEqual([]);
  });

  it('begins at the API, too, and says nothing of what is in the task', async () => {
    const { host, port } = await world.startApi({ AUTOTUNER_LOG_FORMAT: 'text' });
    const task = JSON.parse(await readFile(await world.task('traced-by-api'), 'utf8')) as object;
    const answer = await fetch(`http://${host}:${port}/api/v1/tunes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ task }),
    });
    expect(answer.status).toBe(201);
    await world.until(async () => named('RunWorkflow:tuneWorkflow').length > 1, 'it has ended');
    expect(named('StartWorkflow:tuneWorkflow')).toHaveLength(2);
    expect(collector.text).not.toContain('stub-engine');
  });
});
