import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { distributionOf, measurementOf } from './measurement.js';
import { readRecords, type SentRequest } from './records.js';

const FIXTURES = 'test/fixtures/aiperf';
const load = { scenario: 'D(64,16)', request_rate: 2 };

/** Requests that come at a rate and take so long. */
function requests(count: number, rate: number, latency: (i: number) => number): SentRequest[] {
  return Array.from({ length: count }, (_, i) => {
    const e2e_latency = latency(i);
    const answer = { ttft: e2e_latency / 2, tpot: 0.01, e2e_latency, inputTokens: 64, outputTokens: 16 };
    return { sentAt: i / rate, endedAt: i / rate + e2e_latency, error: null, answer };
  });
}

describe("aiperf's records", () => {
  it('of a busy machine become a measurement: three of these twelve requests were given up', async () => {
    const sent = await readRecords(join(FIXTURES, 'poisson.jsonl'));
    const measurement = measurementOf(load, sent, { e2e_latency: 40 });
    expect(measurement).toMatchObject({
      completed_requests: 9,
      failed_requests: 3,
      error_codes: { TimeoutError: 3 },
      saturated: true,
    });
    expect(measurement.e2e_latency_s.mean).toBeCloseTo(39.680744, 5);
    expect(measurement.e2e_latency_s.p95).toBeCloseTo(54.354599, 5);
    expect(measurement.ttft_s.p50).toBeCloseTo(29.498408, 5);
    // Of all twelve, those that were given up included.
    expect(measurement.goodput_share).toBeCloseTo(4 / 12, 10);
    expect(measurement.goodput_requests_per_s).toBeCloseTo(4 / measurement.duration_s, 10);
  });

  it('of an engine that answers one request after another say that requests queued up', async () => {
    const sent = await readRecords(join(FIXTURES, 'saturated.jsonl'));
    const measurement = measurementOf({ ...load, request_rate: 8 }, sent, undefined);
    expect(measurement).toMatchObject({ completed_requests: 14, saturated: true });
    expect(measurement.sent_requests_per_s).toBeCloseTo(13 / 1.5, 0);
    expect(measurement.requests_per_s).toBeCloseTo(1.65, 2);
    expect(measurement.tpot_s.p50).toBeGreaterThan(0.03);
  });

  it.each([
    ['keeps up', requests(60, 4, (i) => 0.5 + 0.1 * (i % 3)), undefined],
    ['falls behind', requests(60, 4, (i) => 0.5 + 0.05 * i), true],
  ])('tell of an engine that %s', (_, sent, saturated) => {
    expect(measurementOf(load, sent, undefined).saturated).toBe(saturated);
    expect(measurementOf({ scenario: 'D(1,1)', concurrency: 4 }, sent, undefined)).not.toHaveProperty('saturated');
  });

  it('of a single request with a single token are a measurement', () => {
    const [one] = requests(1, 1, () => 1);
    const answer = { ...(one as SentRequest).answer!, tpot: null, outputTokens: 1 };
    const measurement = measurementOf(load, [{ ...(one as SentRequest), answer }], { tpot: 0.001 });
    expect(measurement).toMatchObject({ completed_requests: 1, goodput_share: 1, tpot_s: { mean: 0 } });
  });

  it.each([
    ['{"metadata": {}}', /line 1 .* no usable metadata.request_start_ns/],
    ['{"metadata": {"request_start_ns": 2e9, "request_end_ns": 1e9}, "metrics": {}}', /ends before it begins/],
    ['{"metadata": {"request_start_ns": 1e999, "request_end_ns": 1e9}, "metrics": {}}', /no usable/],
    ['<html>', /truncated or no JSON/],
  ])('are refused where they are damaged: %s', async (line, message) => {
    const dir = await mkdtemp(join(tmpdir(), 'records-'));
    await writeFile(join(dir, 'records.jsonl'), `${line}\n`);
    await expect(readRecords(join(dir, 'records.jsonl'))).rejects.toThrow(message);
    await rm(dir, { recursive: true });
  });
});

describe('a distribution', () => {
  it("has NumPy's percentiles", () => {
    const values = [15, 20, 35, 40, 50];
    expect(distributionOf(values)).toMatchObject({ mean: 32, min: 15, max: 50, p25: 20, p50: 35, p75: 40, p90: 46 });
    expect(distributionOf(values).stddev).toBeCloseTo(12.884099, 6);
    expect(distributionOf([])).toMatchObject({ mean: 0, p99: 0 });
  });
});
