/** The steps of an experiment whose objective is `max_load`: one load each, and as many as its search takes. */
import { worseBy, type Standing } from './early-end.js';
import { missOfLoad } from '../scoring/load-score.js';
import type { EndedEarly, FinishedStep, MaxLoad, NextStep } from './load-step.js';
import { searchMaxLoad, type Probe } from './max-load.js';
import type { MaxLoadSpec } from '../task/max-load.schema.js';
import { describeLoad, levelOf } from './load.js';
import type { Measurement } from './measurement.js';
import type { Footprint } from './metric.js';
import { pool } from './pooling.js';
import type { TuningTask } from '../task/task.schema.js';

/** The objective's own settings where it is of that form. */
export function maxLoadOf({ optimization: { objective } }: TuningTask): MaxLoadSpec | null {
  return typeof objective === 'object' && 'max_load' in objective ? objective.max_load : null;
}

/** A load that fails, as one does whose requests time out, holds no SLO. */
export function planMaxLoad(
  task: TuningTask,
  spec: MaxLoadSpec,
  finished: readonly FinishedStep[],
  { standing, footprint }: { readonly standing?: Standing | undefined; readonly footprint: Footprint | null }
): NextStep {
  const { repeats = 1 } = task.benchmark;
  const { groups, open } = grouped(finished, repeats);
  const probes = groups.map((group) => toProbe(task, group, footprint));
  const scenario = spec.scenario ?? task.benchmark.traffic_scenarios[0] ?? '';
  const step = (concurrency: number, reason: string): NextStep => {
    const load = { scenario, concurrency };
    return { loads: [load], reason: `${describeLoad(load)} (${reason})` };
  };
  const [going] = open?.loads ?? [];
  if (open && going) return step(levelOf(going), `repeat ${open.measurements.length + 1} of ${repeats}`);
  const search = searchMaxLoad(spec, probes);
  if ('answer' in search) {
    const measurements = deciding(groups, probes, search.answer);
    return { conclusion: { measurements, maxLoad: { concurrency: search.answer, probes } } };
  }
  const endedEarly = standing?.best && hopeless(task, search, standing.best, scenario);
  if (!endedEarly) return step(search.next, search.reason);
  const measurements = deciding(groups, probes, search.atLeast);
  return { conclusion: { measurements, endedEarly, maxLoad: { concurrency: null, probes } } };
}

/** Repeats of one probe follow each other; a load that failed is not tried again. */
function grouped(
  finished: readonly FinishedStep[],
  repeats: number
): { readonly groups: readonly FinishedStep[]; readonly open: FinishedStep | null } {
  const groups: FinishedStep[] = [];
  let open: FinishedStep | null = null;
  for (const { loads, measurements } of finished) {
    const together: FinishedStep = { loads, measurements: [...(open?.measurements ?? []), ...measurements] };
    if (measurements.length === 0) groups.push({ loads, measurements: [] });
    else if (together.measurements.length >= repeats) groups.push(together);
    open = measurements.length > 0 && together.measurements.length < repeats ? together : null;
  }
  return { groups, open };
}

function toProbe(
  task: TuningTask,
  { loads: [load], measurements }: FinishedStep,
  footprint: Footprint | null
): MaxLoad['probes'][number] {
  const missed = measurements.length > 0 ? missOfLoad(task, pool(measurements), footprint) : 'the load failed';
  return { concurrency: load?.concurrency ?? 0, holds: missed === null, ...(missed === null ? {} : { missed }) };
}

/** The measurement of the answer; where nothing holds that of the lightest load, which is the nearest to holding. */
function deciding(
  groups: readonly FinishedStep[],
  probes: readonly Probe[],
  answer: number | null
): readonly Measurement[] {
  const measured = groups
    .map((group, i) => ({ ...group, probe: probes[i] }))
    .filter(({ measurements }) => measurements.length > 0)
    .sort((a, b) => (a.probe?.concurrency ?? 0) - (b.probe?.concurrency ?? 0));
  const found = measured.findLast(({ probe }) => probe?.holds && probe.concurrency === answer) ?? measured[0];
  return found ? [pool(found.measurements)] : [];
}

/** Whether even the highest concurrency that is still possible is too far behind the best. */
function hopeless(
  task: TuningTask,
  { atLeast, below }: { readonly atLeast: number; readonly below: number },
  best: NonNullable<Standing['best']>,
  scenario: string
): EndedEarly | null {
  if ((below - 1) * (1 + worseBy(task)) >= -best.score) return null;
  const reason = `fewer than ${below} requests at once hold the SLOs, with experiment ${best.experimentId} ${-best.score}`;
  return { kind: 'hopeless', after: describeLoad({ scenario, concurrency: below }), reason, score: 0 - atLeast };
}
