/** What must hold after every run, whatever was done to it. Checked against what the stand-ins wrote down and what is really there. */
import { isDeepStrictEqual } from 'node:util';
import type { ExperimentResult, ResultsFile } from '../../src/domain/results/tune-result.js';
import { excusedBy, type Harm } from './harm.js';
import { experimentOf, stepOf, type Entry } from './logbook.js';

export const INVARIANTS = {
  I1: 'every combination measured once, never more',
  I2: 'no observation lost, none invented',
  I3: 'nothing left 60 s after the end',
  I4: 'nothing touched that is not ours',
  I5: 'never more engines alive than places',
  I6: 'the best is the best of the recorded',
  I7: 'the results of the undisturbed run',
} as const;
export type Invariant = keyof typeof INVARIANTS;

export interface Violation {
  readonly invariant: Invariant;
  readonly what: string;
}

export interface Evidence {
  readonly results: ResultsFile;
  /** Of the same task, undisturbed. */
  readonly reference: ResultsFile | null;
  readonly entries: readonly Entry[];
  readonly mostEnginesAlive: number;
  readonly places: number;
  readonly damage: readonly string[];
  readonly leaks: readonly string[];
  /** What was done that can change an outcome. */
  readonly harms: readonly Harm[];
  /** Whether numbers are compared with the reference. */
  readonly foretold: boolean;
  /** Whether the way to an engine is the tuner's own: only a load may suffer when it breaks, and it must say so. */
  readonly inCluster: boolean;
}

type Report = (what: string) => void;
type Excused = (experimentId: number) => boolean;

export function check(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const report = (invariant: Invariant) => (what: string) => void violations.push({ invariant, what });
  const { results, entries, harms, inCluster } = evidence;
  const from = inCluster ? 'bench-start' : 'engine-start';
  const outcome = harms.filter(({ repeats }) => !repeats);
  const excused = excusedBy(outcome, entries, from);

  measuredOnce(entries, results, { excused, mayRepeat: excusedBy(harms, entries, from) }, report('I1'));
  nothingLost(entries, results, report('I2'));
  evidence.leaks.forEach(report('I3'));
  evidence.damage.forEach(report('I4'));
  if (evidence.mostEnginesAlive > evidence.places)
    report('I5')(`${evidence.mostEnginesAlive} engines alive with ${evidence.places} places`);
  bestIsBest(results, report('I6'));
  asUndisturbed(evidence, excused, report('I7'));
  return violations;
}

function measuredOnce(
  entries: readonly Entry[],
  { all_results: all }: ResultsFile,
  { excused, mayRepeat }: { excused: Excused; mayRepeat: Excused },
  report: Report
): void {
  for (const { experiment_id: id, status } of all) {
    const of = entries.filter((entry) => experimentOf(entry) === id);
    for (const step of new Set([1, ...of.map(stepOf)])) {
      const within = of.filter((entry) => stepOf(entry) === step);
      const what = step === 1 ? `experiment ${id}` : `step ${step} of experiment ${id}`;
      const starts = within.filter(({ event }) => event === 'bench-start').length;
      const ends = within.filter(({ event }) => event === 'bench-end').length;
      if (ends > 1) report(`${what} was measured ${ends} times: ${courseOf(of)}`);
      // A load generator that a fault ended, such as a full disk, is rightly started again.
      else if (starts > 1 && !mayRepeat(id)) report(`${what} was begun ${starts} times: ${courseOf(of)}`);
      else if (starts < 1 && (status === 'success' || !excused(id))) report(`${what} was never measured`);
    }
  }
}

/** What happened to an experiment, with the attempt and the seconds since its first event. */
function courseOf(entries: readonly Entry[]): string {
  const [first] = entries;
  return entries
    .map(({ event, experiment, pid, atMs }) => `${event} ${experiment}/${pid} ${(atMs - (first?.atMs ?? 0)) / 1000}`)
    .join(', ');
}

function nothingLost(entries: readonly Entry[], { all_results: all }: ResultsFile, report: Report): void {
  const combinations = all.map(({ parameters }) => JSON.stringify(parameters));
  if (new Set(combinations).size !== combinations.length)
    report(`combinations recorded twice: ${combinations.join(', ')}`);
  // The real load generator does not know what it measures: then the engine of the same attempt says it.
  const measured = ({ parameters, experiment }: Entry): Entry['parameters'] =>
    parameters ?? entries.find((it) => it.event === 'engine-start' && it.experiment === experiment)?.parameters;
  for (const result of all) {
    for (const load of result.loads ?? []) {
      const seen = entries.some(
        (entry) =>
          entry.event === 'bench-level' &&
          experimentOf(entry) === result.experiment_id &&
          entry.concurrency === load.concurrency &&
          isDeepStrictEqual(measured(entry), result.parameters) &&
          entry.latency_s === load.e2e_latency_s.mean &&
          entry.failed === load.failed_requests
      );
      if (!seen) report(`experiment ${result.experiment_id} at ${load.concurrency} records what nobody measured`);
    }
  }
  for (const id of new Set(entries.filter(({ event }) => event === 'bench-end').map(experimentOf))) {
    const levels = entries.filter((entry) => entry.event === 'bench-level' && experimentOf(entry) === id);
    const whole = levels.every((level) => level.failed === 0);
    if (whole && all.find((result) => result.experiment_id === id)?.status !== 'success')
      report(`experiment ${id} was measured, and the measurement is not in the results`);
  }
}

function bestIsBest({ best_result: best, all_results: all }: ResultsFile, report: Report): void {
  const scores = all.flatMap((result) => (result.status === 'success' ? [result.objective_score ?? NaN] : []));
  const least = Math.min(...scores);
  if (scores.length > 0 && best?.objective_score !== least) report(`best is ${best?.objective_score}, not ${least}`);
}

function asUndisturbed(evidence: Evidence, excused: Excused, report: Report): void {
  const { results, reference, foretold, inCluster } = evidence;
  const all = results.all_results;
  if (reference && all.length !== reference.all_results.length)
    report(`${all.length} experiments, not ${reference.all_results.length}`);
  for (const result of all) {
    const { experiment_id: id, status, failure, loads } = result;
    if (status !== 'success') {
      if (!excused(id)) report(`${id} failed: ${failure?.code}: ${failure?.message}`);
      continue;
    }
    const silent = inCluster && loads.find((load) => load.failed_requests > 0 && load.disturbances === undefined);
    if (silent) report(`experiment ${id} does not say that the way to its engine broke at ${silent.concurrency}`);
    // One that says itself that it was disturbed is honest. The others must not differ in anything.
    const honest = loads.some((load) => load.failed_requests > 0 || load.disturbances !== undefined);
    if (honest && !excused(id)) report(`experiment ${id} says that it was disturbed, and nothing disturbed it`);
    const expected = reference?.all_results.find((it) => it.experiment_id === id);
    if (!reference || (honest && excused(id))) continue;
    if (!expected || lasting(result, foretold) !== lasting(expected, foretold))
      report(`experiment ${id} differs: ${lasting(result, foretold)}`);
  }
}

/** What does not depend on time and place. */
function lasting(result: ExperimentResult, foretold: boolean): string {
  const { experiment_id, parameters, status, metrics, objective_score } = result;
  const loads = result.loads.map((load) => ({ ...load, duration_s: null }));
  const numbers = foretold ? { metrics, objective_score, loads } : {};
  return JSON.stringify({ experiment_id, parameters, status, ...numbers });
}
