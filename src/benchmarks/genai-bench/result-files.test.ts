import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readMeasurements } from './result-files.js';

const FIXTURES = 'test/fixtures/genai-bench';
const ONE = 'D64_32_text-to-text_num_concurrency_1_time_7s.json';
const FOUR = 'D64_32_text-to-text_num_concurrency_4_time_6s.json';
const load = { scenario: 'D(64,32)', concurrency: 1 };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'results-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function put(change: (text: string) => string): Promise<void> {
  await writeFile(join(dir, ONE), change(await readFile(join(FIXTURES, ONE), 'utf8')));
}
const read = (): ReturnType<typeof readMeasurements> =>
  readMeasurements(dir, { loads: [load], maxErrorRate: 0.05, disturbances: [] });

describe("genai-bench's result files", () => {
  it('become measurements in the order of the loads', async () => {
    for (const name of [ONE, FOUR]) await copyFile(join(FIXTURES, name), join(dir, name));
    const loads = [{ ...load, concurrency: 4 }, load];
    const [four, one] = await readMeasurements(dir, { loads, maxErrorRate: 0, disturbances: [] });
    expect(four).toMatchObject({ concurrency: 4, completed_requests: 12, error_rate: 0 });
    expect(one?.e2e_latency_s.mean).toBeCloseTo(0.54639, 5);
    expect(one?.output_tokens_per_s).toBeCloseTo(53.007, 3);
  });

  it('have a goodput where it is asked for: of these twelve requests three had their first token within 247.12 ms', async () => {
    await put((text) => text);
    const request = { loads: [load], maxErrorRate: 0, disturbances: [] };
    const [one] = await readMeasurements(dir, { ...request, goodput: { ttft: 0.24712 } });
    expect(one?.goodput_share).toBeCloseTo(3 / 12, 10);
    expect(one?.goodput_requests_per_s).toBeCloseTo(3 / 7.2443, 4);
    expect((await readMeasurements(dir, request))[0]).not.toHaveProperty('goodput_share');
  });

  it('need no single requests where no goodput is asked for', async () => {
    await put((text) => JSON.stringify({ ...(JSON.parse(text) as object), individual_request_metrics: undefined }));
    expect(await read()).toMatchObject([{ concurrency: 1 }]);
  });

  it('tell the loads during which the way to the engine broke', async () => {
    await put((text) => text);
    const during = { atMs: Date.now() - 1000, reason: 'reset' };
    const before = { atMs: Date.now() - 3_600_000, reason: 'reset' };
    const request = { loads: [load], maxErrorRate: 0 };
    expect((await readMeasurements(dir, { ...request, disturbances: [before, during] }))[0]?.disturbances).toBe(1);
    expect((await readMeasurements(dir, { ...request, disturbances: [before] }))[0]).not.toHaveProperty('disturbances');
    const lasting = { ...before, untilMs: Date.now() };
    expect((await readMeasurements(dir, { ...request, disturbances: [lasting] }))[0]?.disturbances).toBe(1);
  });

  it('that show no usable load say that the way to the engine had broken', async () => {
    const request = { loads: [load], maxErrorRate: 0, disturbances: [{ atMs: Date.now() - 1000, reason: 'reset' }] };
    await expect(readMeasurements(dir, request)).rejects.toThrow(
      /no request finished .*the way to the engine broke 1 times/
    );
    await put((text) => text.replace('"error_codes_frequency": {}', '"error_codes_frequency": { "-1": 4 }'));
    await expect(readMeasurements(dir, request)).rejects.toThrow(/failed .*the way to the engine broke 1 times/);
  });

  it('are read in their own unit', async () => {
    await put((text) => JSON.stringify({ ...(JSON.parse(text) as object), _time_unit: 'ms' }));
    expect((await read())[0]?.e2e_latency_s.mean).toBeCloseTo(0.00054639, 8);
  });

  it('fail the load when its level is missing', async () => {
    await expect(read()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      message: 'D(64,32) at 1: no request finished within its time',
    });
  });

  it('fail the load when too many requests failed, whatever error_rate says', async () => {
    await put((text) => text.replace('"error_codes_frequency": {}', '"error_codes_frequency": {"500": 4}'));
    await expect(read()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      message: 'D(64,32) at 1: 25.0 % of the requests failed (500 4 times)',
    });
  });

  it.each(['NaN', 'Infinity', '-Infinity', 'null'])('fail the load when a number is %s', async (bad) => {
    await put((text) => text.replace(/"requests_per_second": [\d.]+/, `"requests_per_second": ${bad}`));
    await expect(read()).rejects.toMatchObject({
      code: 'LOAD_FAILED',
      message: expect.stringContaining('requests_per_second') as unknown,
    });
  });

  it.each([
    ['truncated', (text: string) => text.slice(0, 500)],
    ['garbage', () => '\0\0 not json'],
    ['empty', () => ''],
  ])('fail the benchmark when %s', async (_, change) => {
    await put(change);
    await expect(read()).rejects.toMatchObject({ code: 'BENCHMARK_FAILED' });
  });
});
