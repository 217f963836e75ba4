import { describe, expect, it } from '@jest/globals';
import { engineOf, isHeldOutByName, linesOf, LOG_SAMPLES, type LogSample } from '../../../test/support/log-samples.js';
import type { TunerError } from '../../domain/failures.js';
import { classifyExit, classifySilence } from './classify.js';

const ENGINES = ['llama.cpp', 'sglang', 'vllm'];
const OUTSIDE = { start: 'ENGINE_START_TIMEOUT', load: 'ENGINE_UNRESPONSIVE' } as const;
/** One more than when the rules were done; they were not changed for any of these. */
const MISSED_AT_MOST = 3;
const SILENT = 'it is silent';

const samples = LOG_SAMPLES.filter((sample) => ENGINES.includes(engineOf(sample)));
const seen = samples.filter(({ heldOut }) => !heldOut);
const heldOut = samples.filter((sample) => sample.heldOut);

/** As a backend would, which sees a silent engine where none has exited. */
function classify(sample: LogSample): TunerError {
  const { phase, exit } = sample;
  const observed = { lines: linesOf(sample), phase };
  return exit ? classifyExit(exit, observed) : classifySilence({ code: OUTSIDE[phase], message: SILENT }, observed);
}

/** The code of the cause; null where the log gives none. */
function causeOf(sample: LogSample): string | null {
  const { code, message } = classify(sample);
  return sample.code === null && message === SILENT ? null : code;
}

describe('the samples', () => {
  it('are many of every engine, and a third was held out by name alone', () => {
    for (const engine of ENGINES)
      expect(samples.filter((sample) => engineOf(sample) === engine).length).toBeGreaterThanOrEqual(20);
    for (const { file, heldOut: marked } of LOG_SAMPLES) expect([file, marked]).toEqual([file, isHeldOutByName(file)]);
  });
});

describe('what engines say', () => {
  it.each(seen.map((sample) => [sample.file, sample] as const))('%s', (_, sample) => {
    expect(causeOf(sample)).toBe(sample.code);
    const { evidence } = classify(sample);
    expect(evidence.length).toBeGreaterThan(0);
    expect(evidence.length).toBeLessThanOrEqual(15);
    for (const line of evidence) expect(line.length).toBeLessThanOrEqual(300);
  });

  const missed = heldOut.filter((sample) => causeOf(sample) !== sample.code).map(({ file }) => file);
  const share = `${heldOut.length - missed.length} of ${heldOut.length}`;
  it(`is recognised where it was held out, too: ${share}`, () => {
    if (missed.length > MISSED_AT_MOST) expect(missed).toEqual([]);
  });
});
