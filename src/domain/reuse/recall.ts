/** From what earlier tunes have stored to what this one can learn from them. */
import { isSameLoad, loadsOf } from '../loads/load.js';
import { scoringOf } from '../scoring/objective.js';
import { baselineCombination } from '../space/baseline.js';
import { createSearchSpace, type SearchSpace } from '../space/search-space.js';
import { parseTask } from '../task/parse-task.js';
import type { TuningTask } from '../task/task.schema.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';
import type { Observed } from '../tuning/observation.js';
import { canonical, differenceOf, placeOf, settingsOf } from './comparable.js';
import { averaged, rescored } from './rescore.js';
import { isSame, MOST_NAMED, surroundingsOf, type KnownCrash, type ReusedTune, type Surroundings } from './reuse.js';

/** A tune that was stored, by whatever stores tunes. */
export interface EarlierRun {
  readonly taskName: string;
  readonly runId: string;
  readonly storedAtMs: number;
  /** The completed task, as it was read: anything. */
  readonly task: unknown;
  readonly outcomes: readonly ExperimentOutcome[];
}

/** Tunes that nobody expects to be reused: their names would only be in the way. */
const UNRELATED = ['model', 'engine', 'backend'];

export type Recalled = { readonly tunes: readonly ReusedTune[] } | NotReused;

interface NotReused {
  readonly reason: string;
  readonly isUnrelated?: boolean;
}

/** Whether a stored task is worth reading its outcomes for. @returns the task, or why not. */
export function comparableTask(now: TuningTask, stored: unknown): { task: TuningTask } | NotReused {
  const parsed = parseTask(stored);
  if ('issues' in parsed) {
    const [issue] = parsed.issues;
    return { reason: `its task is none of today's: ${issue ? `${issue.path.join('.')}: ${issue.message}` : ''}` };
  }
  const difference = differenceOf(parsed.task, now);
  return difference === null
    ? parsed
    : { reason: `it differs in ${difference}`, isUnrelated: UNRELATED.includes(difference) };
}

/**
 * What one earlier tune teaches: a tune for each of the surroundings that it ran in. What a crashed experiment ran on is not stored, so
 * that crashes count where the tune ran in one kind of surroundings only.
 * @param most observations at most.
 */
export function recall(now: TuningTask, run: EarlierRun, most: number): Recalled {
  const comparable = comparableTask(now, run.task);
  if ('reason' in comparable) return comparable;
  const { task } = comparable;
  const space = createSearchSpace(now);
  const places = new Map<Surroundings, ExperimentOutcome[]>();
  for (const outcome of run.outcomes) {
    const here = surroundingsOf(outcome);
    if (!here) continue;
    const known = [...places.keys()].find((place) => isSame(place, here));
    places.set(known ?? here, [...(places.get(known ?? here) ?? []), outcome]);
  }
  if (places.size === 0) return { reason: 'it has measured nothing' };
  const failed = places.size === 1 ? run.outcomes.filter((outcome) => !surroundingsOf(outcome)) : [];
  const tunes = [...places].flatMap(([surroundings, outcomes]) => {
    const tune = toTune(now, task, space, [...outcomes, ...failed], most);
    const { taskName, runId, storedAtMs } = run;
    return tune ? [{ taskName, runId, storedAtMs, surroundings, ...tune }] : [];
  });
  return tunes.length > 0 ? { tunes } : { reason: 'none of its experiments is in this search space with these loads' };
}

function toTune(
  now: TuningTask,
  earlier: TuningTask,
  space: SearchSpace,
  outcomes: readonly ExperimentOutcome[],
  most: number
): Pick<ReusedTune, 'observations' | 'crashes' | 'baseline' | 'relative'> | null {
  const own = outcomes.find(({ role }) => role === 'baseline');
  const scoring = scoringOf(now);
  // Where the worst load is told by the baseline, an earlier tune is told by its own.
  const isRelative = scoring.over_loads === 'worst' && own !== undefined && hasLoads(now, own);
  const reference = isRelative ? own : undefined;
  const observed: Observed[] = [];
  const crashes: KnownCrash[] = [];
  for (const outcome of outcomes) {
    const index = placeOf(now, space, settingsOf(earlier, outcome.combination));
    const lesson = index === null ? null : rescored(now, space.at(index), outcome, reference);
    if (index === null || !lesson) continue;
    observed.push({ index, ...lesson });
    if (lesson.scores === null && outcome.failure)
      crashes.push({ combination: space.at(index), code: outcome.failure.code });
  }
  if (observed.length === 0) return null;
  return {
    observations: averaged(observed).slice(0, most),
    crashes: crashes.slice(0, MOST_NAMED),
    baseline: own ? baselineScores(now, earlier, own) : null,
    relative: isRelative,
  };
}

function hasLoads({ benchmark }: TuningTask, { measurements }: ExperimentOutcome): boolean {
  return loadsOf(benchmark).every((load) => measurements.some((one) => isSameLoad(one, load)));
}

/** Null where now has none, or another one. */
function baselineScores(now: TuningTask, earlier: TuningTask, own: ExperimentOutcome): readonly number[] | null {
  const combination = baselineCombination(now);
  if (combination === null) return null;
  const isSameOne = canonical(settingsOf(now, combination)) === canonical(settingsOf(earlier, own.combination));
  return isSameOne ? (rescored(now, combination, own)?.scores ?? null) : null;
}
