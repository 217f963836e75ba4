import { describe, expect, it } from '@jest/globals';
import { FAILURES } from '../../domain/failures.js';
import type { ExperimentResult } from '../../domain/results/tune-result.js';
import { describeFailures, describeTuneFailure } from './failures-view.js';

function failed(experiment_id: number, code: keyof typeof FAILURES, evidence: string[] = []): ExperimentResult {
  return {
    experiment_id,
    parameters: { mem_frac: 0.9 },
    status: 'failed',
    metrics: null,
    objective_score: null,
    loads: [],
    failure: { code, message: `it failed as ${code}`, next_step: FAILURES[code].nextStep, evidence },
    timings_s: {},
    provenance: null,
    artifacts_uri: null,
    leaks: [],
  };
}

describe('failures for a person', () => {
  it('show the cause, the evidence and the next step, once for each cause', () => {
    const well = { ...failed(2, 'INTERNAL'), status: 'success' as const, failure: null };
    const all_results = [
      failed(1, 'OUT_OF_MEMORY', ['before', 'CUDA out of memory']),
      well,
      failed(3, 'UNSUPPORTED_FLAG'),
      failed(4, 'OUT_OF_MEMORY', ['another line']),
    ];
    expect(describeFailures({ all_results, baseline: null })).toEqual([
      `OUT_OF_MEMORY: ${FAILURES.OUT_OF_MEMORY.meaning}`,
      '  [1] mem_frac=0.9: it failed as OUT_OF_MEMORY',
      '    | before',
      '    | CUDA out of memory',
      '  also [4]',
      `  next: ${FAILURES.OUT_OF_MEMORY.nextStep}`,
      '',
      `UNSUPPORTED_FLAG: ${FAILURES.UNSUPPORTED_FLAG.meaning}`,
      '  [3] mem_frac=0.9: it failed as UNSUPPORTED_FLAG',
      `  next: ${FAILURES.UNSUPPORTED_FLAG.nextStep}`,
      '',
    ]);
  });

  it('stay short when hundreds failed, and cannot steer the terminal', () => {
    const all_results = Array.from({ length: 500 }, (_, i) => failed(i + 1, 'ENGINE_CRASHED', ['\u001b[2Jgone\r']));
    const lines = describeFailures({ all_results, baseline: null });
    expect(lines).toHaveLength(6);
    expect(lines[2]).toBe('    | gone ');
    expect(lines[3]).toMatch(/\[31\] and 469 more$/);
  });

  it('of a whole tune have the same', () => {
    expect(describeTuneFailure('MODEL_NOT_FOUND', ['no such file'])).toEqual([
      '    | no such file',
      `  next: ${FAILURES.MODEL_NOT_FOUND.nextStep}`,
    ]);
    expect(describeTuneFailure('WorkflowTerminated', [])).toEqual([]);
  });
});
