/** What the runs have shown, as a person reads it. */
import type { Seen } from './history-feed.js';
import { INVARIANTS, type Invariant } from './invariants.js';
import type { RunReport } from './run.js';

export interface Undisturbed {
  readonly medianSeconds: number;
  readonly events: number;
}

/** A silence so long is worth a look; a fault that lasts is shorter. */
const LONG_SECONDS = 20;

/** One line per run, as soon as it has ended. */
export function describeRun({ plan, seconds, done, silence, violations }: RunReport): string {
  const hits = done.filter(({ hit }) => hit).map(({ what, event }) => `${what} at ${event.number} (${event.type})`);
  const verdict = violations.length === 0 ? 'ok' : 'VIOLATED';
  const lines = [
    `${verdict.padEnd(9)} ${plan.name.padEnd(22)} ${seconds.toFixed(1).padStart(6)} s  ${hits.join('; ')}`,
  ];
  if (silence && silence.seconds > LONG_SECONDS) {
    const at = ({ number, type, workflowId }: Seen): string => `${number} (${type} of ${workflowId})`;
    lines.push(
      `          nothing for ${silence.seconds.toFixed(1)} s between ${at(silence.after)} and ${at(silence.before)}`
    );
  }
  return [...lines, ...violations.map(({ invariant, what }) => `          ${invariant}: ${what}`)].join('\n');
}

/** The sum over all runs. */
export function describeAll(reports: readonly RunReport[], { medianSeconds, events }: Undisturbed): string {
  const done = reports.flatMap((report) => report.done.filter(({ hit }) => hit));
  const kills = done.filter(({ what }) => what.startsWith('kill'));
  const points = new Set(kills.map(({ what, event }) => `${what} ${event.number}`)).size;
  const lost = lostPerKill(reports, medianSeconds);
  const count = (invariant: Invariant): number =>
    reports.filter(({ violations }) => violations.some((violation) => violation.invariant === invariant)).length;
  const violations = (Object.keys(INVARIANTS) as Invariant[]).map(
    (invariant) => `  ${invariant}  ${INVARIANTS[invariant].padEnd(50)} ${count(invariant)} of ${reports.length} runs`
  );
  return [
    `runs              ${reports.length}, of ${events} history events each when nothing is done to them`,
    `kill points tried ${kills.length}, ${points} of them different`,
    `faults injected   ${done.length}`,
    'violations',
    ...violations,
    `leaks             ${reports.flatMap((report) => report.violations).filter(({ invariant }) => invariant === 'I3').length}`,
    lost.length === 0
      ? 'time lost         no run of worker kills'
      : `time lost         ${median(lost).toFixed(2)} s per worker kill (median of ${lost.length} runs, worst ${Math.max(...lost).toFixed(2)} s)`,
  ].join('\n');
}

/** Seconds that each run of nothing but worker kills took longer than an undisturbed one, for each kill. */
function lostPerKill(reports: readonly RunReport[], undisturbedSeconds: number): number[] {
  return reports
    .filter(({ done }) => done.length > 0 && done.every(({ what }) => what === 'kill worker'))
    .map(({ seconds, done }) => (seconds - undisturbedSeconds) / done.filter(({ hit }) => hit).length);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
