import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { damaged, damagedBytes, strange } from '../../../test/support/garbage.js';
import { TunerError } from '../../domain/failures.js';
import type { Measurement } from '../../domain/loads/measurement.js';
import { measurementSchema } from '../../domain/results/tune-result.js';
import { readMeasurements, readToolVersion } from './result-files.js';

const ONE = 'D64_32_text-to-text_num_concurrency_1_time_7s.json';
const load = { scenario: 'D(64,32)', concurrency: 1 };

let dir: string;
let whole: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'results-'));
  whole = await readFile(join('test/fixtures/genai-bench', ONE), 'utf8');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** A measurement that the results file takes, or an error with a code: never anything else. */
async function check(content: string | Buffer): Promise<Measurement | TunerError> {
  await writeFile(join(dir, ONE), content);
  try {
    const [found] = await readMeasurements(dir, { loads: [load], maxErrorRate: 1, disturbances: [] });
    measurementSchema.parse(found);
    for (const value of numbersOf(found)) expect(value >= 0 && value <= 1e13).toBe(true);
    return found as Measurement;
  } catch (error) {
    expect(error).toBeInstanceOf(TunerError);
    expect((error as TunerError).message.length).toBeLessThan(1000);
    return error as TunerError;
  }
}

function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

const metrics = (change: object): string => {
  const file = JSON.parse(whole) as { aggregated_metrics: object };
  return JSON.stringify({ ...file, aggregated_metrics: { ...file.aggregated_metrics, ...change } });
};

describe("genai-bench's result files", () => {
  it('are a measurement or a reason, whatever they hold', async () => {
    const file = fc.oneof(
      strange.map((value) => JSON.stringify(value)),
      fc
        .constant(null)
        .chain(() => damaged(JSON.parse(whole)))
        .map((value) => JSON.stringify(value) ?? ''),
      fc.constant(null).chain(() => damagedBytes(whole))
    );
    await fc.assert(
      fc.asyncProperty(file, async (content) => void (await check(content))),
      { numRuns: 200 }
    );
  });

  it.each([
    ['negative', '-1'],
    ['beyond measure', '1e308'],
    ['beyond a number', '1e999'],
    ['a text', '"5"'],
    ['nothing', 'null'],
    ['NaN', 'NaN'],
  ])('fail the load when a number is %s', async (_, bad) => {
    const content = whole.replace(/"requests_per_second": [\d.]+/, `"requests_per_second": ${bad}`);
    expect(await check(content)).toMatchObject({ code: 'LOAD_FAILED' });
  });

  it('are read in an instant when they are large and strange', async () => {
    const began = Date.now();
    const open = whole.trimEnd().slice(0, -1);
    const blank = ' '.repeat(10 * 2 ** 20);
    expect(await check(`${open},${blank}"x": NaN}`)).toMatchObject({ scenario: 'D(64,32)' });
    expect(await check(`${blank}{`)).toMatchObject({ code: 'BENCHMARK_FAILED' });
    expect(await check('['.repeat(1_000_000))).toMatchObject({ code: 'BENCHMARK_FAILED' });
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    expect(await check(`${open}, "x": ${deep}}`)).toMatchObject({ scenario: 'D(64,32)' });
    expect(await check(metrics({ scenario: 'x'.repeat(10 * 2 ** 20) }))).toMatchObject({ code: 'LOAD_FAILED' });
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it('keep the most frequent errors apart, and a measurement small', async () => {
    const codes = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`${i}`.padEnd(300, 'x'), i]));
    const found = await check(metrics({ error_codes_frequency: codes }));
    expect(JSON.stringify(found).length).toBeLessThan(10_000);
    const { error_codes: kept, failed_requests: failed } = found as Measurement;
    expect(Object.keys(kept)).toHaveLength(20);
    expect(Object.values(kept).reduce((sum, count) => sum + count, 0)).toBe(failed);
  });

  it('are a reason when they are no files', async () => {
    await rm(join(dir, ONE), { force: true });
    await mkdir(join(dir, ONE));
    await expect(readMeasurements(dir, { loads: [load], maxErrorRate: 1, disturbances: [] })).rejects.toMatchObject({
      code: 'BENCHMARK_FAILED',
    });
    await rm(join(dir, ONE), { recursive: true });
    await symlink('/nowhere', join(dir, ONE));
    await expect(readMeasurements(dir, { loads: [load], maxErrorRate: 1, disturbances: [] })).rejects.toMatchObject({
      code: 'BENCHMARK_FAILED',
    });
    await rm(join(dir, ONE));
  });

  it('tell a version, or that it is unknown', async () => {
    await fc.assert(
      fc.asyncProperty(damagedBytes('{"benchmark_version": "0.0.5"}'), async (content) => {
        await writeFile(join(dir, 'experiment_metadata.json'), content);
        expect(await readToolVersion(dir)).toMatch(/^[\w.+-]{1,40}$/);
      })
    );
  });
});
