import { describe, expect, it } from '@jest/globals';
import { engineOf, linesOf, LOG_SAMPLES } from '../../test/support/log-samples.js';
import { classifyTool } from './classify-tool.js';

const samples = LOG_SAMPLES.filter((sample) => engineOf(sample) === 'genai-bench');

describe('why the benchmark tool failed', () => {
  it.each(samples.filter(({ heldOut }) => !heldOut).map((sample) => [sample.file, sample] as const))(
    '%s',
    (_, sample) => {
      const { code, why, evidence } = classifyTool(linesOf(sample));
      expect(code).toBe(sample.code);
      expect(why).not.toBeNull();
      expect(evidence.length).toBeLessThanOrEqual(15);
    }
  );

  const heldOut = samples.filter((sample) => sample.heldOut);
  const right = heldOut.filter((sample) => classifyTool(linesOf(sample)).code === sample.code).length;
  it(`is recognised where it was held out, too: ${right} of ${heldOut.length}`, () => {
    expect(right).toBeGreaterThanOrEqual(heldOut.length - 1);
  });

  it('is left open by a log that only mentions a tokenizer', () => {
    const lines = ['INFO model_tokenizer: /models/tok', 'INFO not using a dataset'];
    expect(classifyTool(lines)).toEqual({ code: 'BENCHMARK_FAILED', why: null, evidence: lines });
  });
});

describe('why genai-bench failed', () => {
  it('is the load where no request has ended well', () => {
    const lines = ['│ │    69 │    │', '      ValueError: 1 must be greater than 2      '];
    expect(classifyTool(lines).code).toBe('LOAD_FAILED');
  });
});

describe('why aiperf failed', () => {
  it.each([
    [
      [
        "aiperf.common.exceptions.TokenizerError: Failed to load tokenizer 'x': OSError: not a repo",
        '│    Reason: y  │',
      ],
      'TOKENIZER_NOT_FOUND',
    ],
    [['╭─ Error Running AIPerf System ──╮', "│ Unknown distribution type 'uniform'. │"], 'BENCHMARK_FAILED'],
    [['│ • Service: timing_manager │', '│    Reason: Dataset configuration failed: ValueError │'], 'BENCHMARK_FAILED'],
  ])('%j', (lines, code) => {
    expect(classifyTool(lines)).toMatchObject({
      code,
      why: expect.stringMatching(/tokenizer|Unknown|Reason: /) as unknown,
    });
  });
});
