import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { damaged, strange } from '../../../test/support/garbage.js';
import { measurement } from '../../../test/support/fake-activities.js';
import { TunerError } from '../../domain/failures.js';
import { goodputOf } from './goodput.js';

const request = (ttft: number, tpot: number | null, e2e_latency: number, error_code: number | null = null): object => ({
  ...{ ttft, tpot, e2e_latency, error_code },
  num_output_tokens: 32,
});
const FAILED = { ttft: null, tpot: null, e2e_latency: null, error_code: 500, error_message: 'gone' };
/** Four in two seconds, one of which failed. */
const REQUESTS = [request(0.1, 0.01, 1), request(0.3, 0.01, 1), request(0.1, null, 3), FAILED];
const MEASURED = { ...measurement(1), completed_requests: 3, failed_requests: 1, duration_s: 2 };

describe('goodput', () => {
  it.each([
    ['every limit', { ttft: 0.2, tpot: 0.05, e2e_latency: 2 }, 1],
    ['the first token', { ttft: 0.2 }, 2],
    // One token, or too few to time: there was nothing to wait for.
    ['the tokens after it', { tpot: 0.01 }, 3],
    ['the whole, at its very limit', { e2e_latency: 3 }, 3],
    ['nothing that any can hold', { ttft: 0.01 }, 0],
  ])('counts the requests that met %s, over all requests', (_, limits, good) => {
    const found = goodputOf(REQUESTS, 's', limits, MEASURED);
    expect(found).toEqual({ goodput_requests_per_s: good / 2, goodput_share: good / 4 });
  });

  it('reads the unit of the file', () => {
    const requests = [request(100, 10, 1000), request(300, 10, 1000), request(100, null, 3000), FAILED];
    expect(goodputOf(requests, 'ms', { ttft: 0.2 }, MEASURED).goodput_share).toBe(0.5);
  });

  it.each([
    ['is missing', undefined, 'no usable list'],
    ['is not one', { 0: request(1, 1, 1) }, 'no usable list'],
    ['holds nonsense', ['a', 'b', 'c', 'd'], 'no usable list'],
    ['was cut off', REQUESTS.slice(1), 'lists 3 of 4 requests'],
  ])('fails the load when the list %s', (_, requests, message) => {
    const attempt = (): unknown => goodputOf(requests, 's', { ttft: 1 }, MEASURED);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code: 'LOAD_FAILED' }));
  });

  it('is a number or a reason, whatever the list holds', () => {
    fc.assert(
      fc.property(fc.oneof(strange, damaged(REQUESTS)), (requests) => {
        try {
          const { goodput_share: share } = goodputOf(requests, 's', { ttft: 0.2, e2e_latency: 2 }, MEASURED);
          expect(share >= 0 && share <= 1).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(TunerError);
        }
      })
    );
  });

  it('grows with its limits', () => {
    const limit = fc.double({ min: 0.01, max: 5, noNaN: true });
    fc.assert(
      fc.property(limit, limit, (one, other) => {
        const share = (e2e_latency: number): number =>
          goodputOf(REQUESTS, 's', { e2e_latency }, MEASURED).goodput_share ?? NaN;
        expect(share(Math.max(one, other))).toBeGreaterThanOrEqual(share(Math.min(one, other)));
      })
    );
  });
});
