/** The runs with stand-ins, from one seed: the same seed gives the same runs. */
import type { Plan } from './faults.js';
import { kill, Planner } from './planner.js';

/** A worker needs a moment to come back: kills that follow faster than this would hit one that has done nothing yet. */
const KILLS_PER_RUN = 10;
export const NETWORK = ['latency', 'reset', 'blackhole', 'half-open'] as const;

export interface Size {
  /** Runs in which the worker is killed again and again; together they cover as many events of the history. */
  readonly workerRuns: number;
  /** Runs for each other kind of fault. */
  readonly others: number;
}

export const SHORT: Size = { workerRuns: 3, others: 1 };
export const FULL: Size = { workerRuns: 61, others: 6 };

/**
 * @param events how many events the history of an undisturbed run has.
 * @param canFillDisk whether this machine lets us mount a small file system.
 */
export function matrix(seed: number, { workerRuns, others }: Size, events: number, canFillDisk: boolean): Plan[] {
  const planner = new Planner(seed, events);
  const { random } = planner;
  const few = planner.few.bind(planner);
  const add = planner.add.bind(planner);
  for (let run = 0; run < workerRuns; run++)
    add('kill-worker', planner.everywhere(KILLS_PER_RUN, run / workerRuns, kill('worker')));
  for (let run = 0; run < others; run++) {
    add('kill-server', few(3, kill('server')));
    add('kill-supervisor', few(2, kill('supervisor')));
    add('kill-cli', few(5, kill('cli')));
    add('kill-everything', few(2, kill('everything')));
    add('stop', [
      ...few(3, () => ({ kind: 'stop', victim: 'worker', ms: 1000 + random.below(2000) })),
      ...few(2, () => ({ kind: 'stop', victim: 'server', ms: 1000 + random.below(2000) })),
      ...few(2, () => ({ kind: 'stop', victim: 'cli', ms: 2000 })),
    ]);
    // Longer than a heartbeat timeout: Temporal takes the worker for dead, and it comes back.
    add(
      'stop-long',
      few(1, () => ({ kind: 'stop', victim: 'worker', ms: 17_000 }))
    );
    add('term', [
      ...few(2, () => ({ kind: 'term', victim: 'worker' })),
      ...few(3, () => ({ kind: 'term', victim: 'worker', graceMs: random.below(1500) })),
    ]);
    add('two-workers', [{ atEvent: 2, fault: { kind: 'rival' } }, ...few(4, kill('worker'))]);
    for (const between of ['worker-temporal', 'benchmark-engine'] as const)
      add(
        between,
        NETWORK.flatMap((kind) =>
          few(1, () => ({
            kind: 'network',
            between,
            fault: kind === 'latency' ? { kind, ms: 50 + random.below(300) } : { kind },
            ms: 1000 + random.below(3000),
          }))
        ),
        between === 'benchmark-engine' ? ['--front'] : undefined
      );
    if (canFillDisk)
      add(
        'disk-full',
        few(2, () => ({ kind: 'disk-full', ms: 1000 + random.below(3000) }))
      );
    add(
      'clock',
      few(4, () => ({ kind: 'clock', ms: random.pick([3_600_000, -3_600_000, 86_400_000, -30_000]) }))
    );
    add(
      'kill-engine',
      few(2, () => ({ kind: 'kill-owned', what: 'engine' })),
      ['--child']
    );
    add(
      'kill-benchmark',
      few(2, () => ({ kind: 'kill-owned', what: 'benchmark' }))
    );
  }
  return planner.plans;
}
