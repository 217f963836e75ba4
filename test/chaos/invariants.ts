/** What must hold after every run, whatever was done to it. Checked against what the stand-ins wrote down and what is really there. */
import { isFree } from '../../src/platform/ports.js';
import type { ExperimentResult, ResultsFile } from '../../src/domain/tune-result.js';
import type { Entry } from './logbook.js';

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
  /** How many experiments the faults may have ended with a failure. */
  readonly mayFail: number;
}

export function check(evidence: Evidence): Violation[] {
  const violations: Violation[] = [];
  const report = (invariant: Invariant) => (what: string) => void violations.push({ invariant, what });
  const { results, reference, entries, mayFail } = evidence;
  const failed = results.all_results.filter(({ status }) => status !== 'success');

  measuredOnce(entries, results, mayFail, report('I1'));
  nothingLost(entries, results, report('I2'));
  evidence.leaks.forEach(report('I3'));
  evidence.damage.forEach(report('I4'));
  if (evidence.mostEnginesAlive > evidence.places)
    report('I5')(`${evidence.mostEnginesAlive} engines alive with ${evidence.places} places`);
  bestIsBest(results, report('I6'));
  if (failed.length > mayFail)
    report('I7')(
      `failed: ${failed.map((it) => `${it.experiment_id} ${it.failure?.code}: ${it.failure?.message}`).join('; ')}`
    );
  if (reference) sameAs(results, reference, mayFail, report('I7'));
  return violations;
}

type Report = (what: string) => void;

/** `task-exp3-0123abcd` is an attempt of experiment 3. */
const experimentOf = ({ experiment }: Entry): number => Number(/-exp(\d+)-/.exec(experiment)?.[1]);
/** `task-exp3-0123abcd-s2` is its second step: another start of the load generator on the same engine. */
const stepOf = ({ experiment }: Entry): number => Number(/-s(\d+)$/.exec(experiment)?.[1] ?? 1);

function measuredOnce(
  entries: readonly Entry[],
  { all_results: all }: ResultsFile,
  mayFail: number,
  report: Report
): void {
  for (const { experiment_id: id, status } of all) {
    const of = entries.filter((entry) => experimentOf(entry) === id);
    for (const step of new Set([1, ...of.map(stepOf)])) {
      const within = of.filter((entry) => stepOf(entry) === step);
      const what = step === 1 ? `experiment ${id}` : `step ${step} of experiment ${id}`;
      const starts = within.filter(({ event }) => event === 'bench-start').length;
      const ends = within.filter(({ event }) => event === 'bench-end').length;
      if (ends > 1) report(`${what} was measured ${ends} times`);
      else if (starts > 1) report(`${what} was begun ${starts} times`);
      else if (starts < 1 && (status === 'success' || mayFail === 0)) report(`${what} was never measured`);
    }
  }
}

function nothingLost(entries: readonly Entry[], { all_results: all }: ResultsFile, report: Report): void {
  const depths = all.map((result) => result.parameters['depth']);
  if (new Set(depths).size !== depths.length) report(`combinations recorded twice: ${depths.join(', ')}`);
  for (const result of all) {
    for (const load of result.loads ?? []) {
      const seen = entries.some(
        (entry) =>
          entry.event === 'bench-level' &&
          experimentOf(entry) === result.experiment_id &&
          entry.concurrency === load.concurrency &&
          entry.depth === result.parameters['depth'] &&
          entry.latency_s === load.e2e_latency_s.mean
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

function sameAs(results: ResultsFile, reference: ResultsFile, mayFail: number, report: Report): void {
  if (results.all_results.length !== reference.all_results.length)
    report(`${results.all_results.length} experiments, not ${reference.all_results.length}`);
  for (const result of results.all_results) {
    const expected = reference.all_results.find((it) => it.experiment_id === result.experiment_id);
    // One that a fault has ended is counted by the caller, and one that says itself that requests failed is honest. The others must
    // not differ in anything.
    if (result.status !== 'success' || (mayFail > 0 && result.loads?.some((load) => load.failed_requests > 0)))
      continue;
    if (!expected || lasting(result) !== lasting(expected))
      report(`experiment ${result.experiment_id} differs: ${lasting(result)}`);
  }
}

/** What does not depend on time and place. */
function lasting({ experiment_id, parameters, status, metrics, objective_score, loads }: ExperimentResult): string {
  return JSON.stringify({ experiment_id, parameters, status, metrics, objective_score, loads });
}

/** Ports on which engines of this run have listened and something still does. */
export async function portsLeft(entries: readonly Entry[]): Promise<string[]> {
  const ports = [...new Set(entries.flatMap(({ port }) => (port === undefined ? [] : [port])))];
  const free = await Promise.all(ports.map((port) => isFree(port)));
  return ports.filter((_, i) => !free[i]).map((port) => `port ${port} is still listened on`);
}
