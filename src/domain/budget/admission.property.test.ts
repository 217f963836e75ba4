import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { outcomeTaking, planWith } from '../../../test/support/budgets.js';
import { NO_FINALS } from '../verdict/finals-state.js';
import { admit } from './admission.js';
import { noteUsage, UNUSED } from './usage.js';

interface Running {
  readonly endsAt: number;
  readonly seconds: number;
  readonly accelerators: number;
}

/** A search as the workflow runs it. @returns seconds until its end, and accelerator-hours. */
function search(
  limits: { wall_time?: number; accelerator_hours?: number },
  parallelism: number,
  work: readonly (readonly [seconds: number, accelerators: number])[]
): { elapsed: number; hours: number; started: number } {
  const plan = planWith({
    budget: limits,
    cost: { accelerators: 'tp_size' },
    optimization: { parallelism },
    verification: { finalists: 0 },
  });
  let usage = UNUSED;
  let [elapsed, started] = [0, 0];
  let running: Running[] = [];
  for (;;) {
    const next = work[started];
    const underWay = running.map(({ accelerators }) => accelerators);
    const admission =
      next && running.length < parallelism
        ? admit(plan, { usage, finals: NO_FINALS, elapsed, underWay }, next[1])
        : 'wait';
    if (admission === 'start' && next) {
      const [seconds, accelerators] = next;
      running.push({ endsAt: elapsed + seconds, seconds, accelerators });
      started++;
      continue;
    }
    const [first] = [...running].sort((a, b) => a.endsAt - b.endsAt);
    if (!first) return { elapsed, hours: usage.acceleratorSeconds / 3600, started };
    elapsed = first.endsAt;
    usage = noteUsage(usage, outcomeTaking(started, first.seconds, first.accelerators));
    running = running.filter((one) => one !== first);
  }
}

const work = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.constantFrom(1, 2, 4, 8)), {
  minLength: 1,
  maxLength: 60,
});

describe('a search under a budget', () => {
  it('exceeds it by no more than one experiment for each that may run at once, whatever the experiments take', () => {
    fc.assert(
      fc.property(
        work,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 20_000 }),
        (all, parallelism, limit) => {
          const longest = Math.max(...all.map(([seconds]) => seconds));
          const dearest = Math.max(...all.map(([seconds, accelerators]) => (seconds * accelerators) / 3600));
          expect(search({ wall_time: limit }, parallelism, all).elapsed).toBeLessThanOrEqual(limit + longest);
          const { hours } = search({ accelerator_hours: limit / 360 }, parallelism, all);
          expect(hours).toBeLessThanOrEqual(limit / 360 + parallelism * dearest);
        }
      )
    );
  });

  it('keeps it exactly, and uses it up, where all take the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 100, max: 1000 }), (seconds, limit) => {
        const all = Array.from({ length: 1100 }, () => [seconds, 1] as const);
        const { elapsed, started } = search({ wall_time: limit }, 1, all);
        expect(elapsed).toBeLessThanOrEqual(limit);
        expect(started).toBe(Math.max(1, Math.floor(limit / seconds)));
      })
    );
  });

  it('always measures something, and everything where the budget is large', () => {
    fc.assert(
      fc.property(work, fc.integer({ min: 1, max: 4 }), (all, parallelism) => {
        expect(search({ wall_time: 1 }, parallelism, all).started).toBeGreaterThan(0);
        expect(search({ wall_time: 1e6, accelerator_hours: 1e6 }, parallelism, all).started).toBe(all.length);
      })
    );
  });
});
