/** The runs that take long or need much: with real parts, in the test cluster, and in Docker. From one seed, as the large matrix. */
import type { Moment } from './docker-site.js';
import type { Fault, Plan, Planned } from './faults.js';
import { NETWORK } from './matrix.js';
import { kill, Planner } from './planner.js';

/** About as long as a load and its beginning, during which nothing happens in a history. */
const LOAD_MS = 4000;

/** A load generator that gives up by itself cannot tell a silent way from a slow engine, and nobody says that the way broke. */
const LEAST_PATIENCE_MS = 2800;

/** @param events how many events the history of an undisturbed run has. */
export function realMatrix(seed: number, events: number): Plan[] {
  const planner = new Planner(seed, events);
  const { random } = planner;
  for (const shift of [0.25, 0.75]) planner.add('kill-worker', planner.everywhere(5, shift, kill('worker')));
  planner.add('kill-server', planner.few(2, kill('server')));
  planner.add('kill-everything', planner.few(2, kill('everything')));
  planner.add(
    'kill-engine',
    // Anywhere, it might strike before there is an engine.
    planner.everywhere(3, 0.5, () => ({ kind: 'kill-owned', what: 'engine' }))
  );
  planner.add('stop', [
    ...planner.few(2, () => ({ kind: 'stop', victim: 'worker', ms: 1000 + random.below(2000) })),
    ...planner.few(1, () => ({ kind: 'stop', victim: 'server', ms: 1000 + random.below(2000) })),
  ]);
  return planner.plans;
}

/** @param events how many events the history of an undisturbed run has. */
export function learningMatrix(seed: number, events: number, runs: number): Plan[] {
  const planner = new Planner(seed, events);
  const { random } = planner;
  for (let run = 0; run < runs; run++) {
    planner.add('kill-optimizer', planner.everywhere(12, run / runs, kill('optimizer')));
    planner.add('optimizer-and-others', [
      ...planner.few(2, () => ({ kind: 'stop', victim: 'optimizer', ms: 1000 + random.below(2000) })),
      ...planner.few(2, kill('worker')),
      ...planner.few(1, kill('everything')),
    ]);
  }
  return planner.plans;
}

/** @param events how many events the history of an undisturbed run has. */
export function clusterMatrix(seed: number, events: number): Plan[] {
  const planner = new Planner(seed, events);
  const { random } = planner;
  planner.add('kill-worker', planner.everywhere(6, 0.5, kill('worker')));
  planner.add('kill-everything', planner.few(2, kill('everything')));
  const disturb = (name: string, count: number, fault: () => Fault): void =>
    planner.add(name, planner.late(planner.everywhere(count, random.next(), fault), LOAD_MS));
  disturb('kill-api-server', 3, () => ({ kind: 'kill-api-server', ms: 1000 }));
  disturb('kill-forward', 8, () => ({ kind: 'kill-owned', what: 'forward' }));
  for (const kind of NETWORK)
    disturb(`kubernetes-${kind}`, 4, () => ({
      kind: 'network',
      between: 'worker-kubernetes',
      fault: kind === 'latency' ? { kind, ms: 50 + random.below(300) } : { kind },
      ms: 1000 + random.below(LEAST_PATIENCE_MS - 1000),
    }));
  return planner.plans;
}

/** Engines that take a moment, so that there is a start to be hit. */
const SLOW_START = ['--start-ms', '1500'];

/**
 * @param events how many events the history of an undisturbed run has.
 * @param canFillDisk whether this machine lets us mount a small file system.
 */
export function dockerMatrix(seed: number, events: number, canFillDisk: boolean): Plan[] {
  const planner = new Planner(seed, events);
  const { random } = planner;
  /** What happens to the first containers sets them off, one after the other, a little later. */
  const upon = (mostMs: number, ...faults: (readonly [Moment, Fault])[]): Planned[] =>
    faults.map(([moment, fault], i) => ({ atEvent: 2 + i, upon: moment, afterMs: random.below(mostMs), fault }));
  const stop = (victim: 'worker' | 'daemon', ms: number): Fault => ({ kind: 'stop', victim, ms });
  const killWorker: Fault = { kind: 'kill', victim: 'worker' };

  for (const shift of [0.25, 0.75]) planner.add('kill-worker', planner.everywhere(6, shift, kill('worker')));
  const moments = ['create', 'start', 'die', 'destroy', 'create'] as const;
  planner.add('kill-worker-upon', upon(60, ...moments.map((moment) => [moment, killWorker] as const)));
  planner.add('kill-server', planner.few(3, kill('server')));
  planner.add('kill-everything', planner.few(2, kill('everything')));
  planner.add('stop-upon', upon(60, ['create', stop('worker', 3000)], ['start', stop('worker', 2000)]));
  // Longer than a heartbeat timeout: Temporal takes the worker for dead, and it comes back.
  planner.add('stop-long', upon(60, ['create', stop('worker', 17_000)], ['start', stop('worker', 17_000)]));
  planner.add('two-workers', [{ atEvent: 2, fault: { kind: 'rival' } }, ...planner.few(4, kill('worker'))]);
  for (const during of ['start', 'load'] as const)
    planner.add(
      `kill-container-${during}`,
      planner.late(
        planner.everywhere(3, 0.2, () => ({ kind: 'kill-container', during })),
        1000
      ),
      SLOW_START
    );
  planner.add('stop-daemon', [
    ...upon(60, ['create', stop('daemon', 3000)]),
    ...planner.late(
      planner.everywhere(3, 0.4, () => stop('daemon', 1000 + random.below(4000))),
      LOAD_MS
    ),
  ]);
  for (const kind of NETWORK)
    planner.add(
      `docker-${kind}`,
      planner.late(
        planner.everywhere(5, random.next(), () => ({
          kind: 'network',
          between: 'worker-docker',
          fault: kind === 'latency' ? { kind, ms: 50 + random.below(300) } : { kind },
          ms: 1000 + random.below(3000),
        })),
        1000
      )
    );
  for (const by of ['SIGTERM', 'SIGKILL'] as const)
    planner.add(
      by === 'SIGTERM' ? 'restart-daemon' : 'kill-daemon',
      planner.late(
        planner.everywhere(2, 0.3, () => ({ kind: 'restart-daemon', by, ms: 1000 + random.below(2000) })),
        LOAD_MS
      )
    );
  if (canFillDisk)
    planner.add(
      'disk-full',
      planner.few(2, () => ({ kind: 'disk-full', ms: 1000 + random.below(3000) }))
    );
  return planner.plans;
}
