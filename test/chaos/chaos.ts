/** Runs a matrix, or one run of it, and says what came out. */
import type { Cast } from './cast.js';
import type { Plan } from './faults.js';
import { describeAll, describeRun, median } from './report.js';
import { runPlan, type RunReport } from './run.js';
import { canMount, Stage } from './stage.js';

export interface ChaosOptions {
  readonly seed: number;
  readonly cast: Cast;
  /** Whether a run of this name takes place. */
  readonly wanted: (name: string) => boolean;
  readonly say: (line: string) => void;
  /** Ends after the run that is under way. */
  readonly signal: AbortSignal;
}

/** A stage is closed after so many runs, so that what one of them leaves cannot be hidden by the next ones for long. */
const RUNS_PER_STAGE = 12;
const USUAL_EVENTS = 500;
const NOTHING: Plan = { name: 'undisturbed', seed: 0, faults: [] };

/** @returns every run's report, those without faults left out. */
export async function chaos({ seed, cast, wanted, say, signal }: ChaosOptions): Promise<RunReport[]> {
  const ownDisk = await canMount();
  // Names do not depend on how long a history is.
  if (!cast.plans(seed, USUAL_EVENTS, ownDisk).some(({ name }) => wanted(name))) return [];
  if (!ownDisk) say('no disk will be filled: that takes a file system of our own, which needs root');
  let stage = await Stage.open(cast, ownDisk);
  try {
    const undisturbed: RunReport[] = [];
    for (let i = 1; i <= cast.referenceRuns; i++) {
      const report = await runPlan(stage, NOTHING, `calm-${i}`, undisturbed[0]?.results ?? null);
      undisturbed.push(report);
      say(describeRun(report));
      if (report.violations.length > 0) return undisturbed;
    }
    const reference = undisturbed[0]?.results ?? null;
    const events = median(undisturbed.map((report) => report.events));
    const plans = cast.plans(seed, events, ownDisk).filter(({ name }) => wanted(name));
    const reports: RunReport[] = [];
    for (const [i, plan] of plans.entries()) {
      if (signal.aborted) break;
      if (i > 0 && i % RUNS_PER_STAGE === 0) {
        await stage.close();
        stage = await Stage.open(cast, ownDisk);
      }
      const report = await runPlan(stage, plan, `chaos-${i + 1}`, reference);
      reports.push(report);
      say(describeRun(report));
    }
    say('');
    say(describeAll(reports, { medianSeconds: median(undisturbed.map(({ seconds }) => seconds)), events }));
    return reports;
  } finally {
    await stage.close();
  }
}
