/** The runs that take long or need much: with real parts, and in the test cluster. From one seed, as the large matrix. */
import type { Fault, Plan } from './faults.js';
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
