import { TunerError } from '../../domain/failures.js';
import type { SearchSpace } from '../../domain/space/search-space.js';
import type { LearningStrategy } from '../../domain/space/strategy.js';
import type { Observed } from '../../domain/tuning/observation.js';
import { shuffled } from '../random.js';
import type { Optimizer, SuggestRequest, Suggestions } from '../types.js';
import { suggestionsOf, walk } from '../walk.js';
import { listAllowed } from './candidates.js';
import type { Answer, Model, Point, Question, Seen } from './model.js';
import { indexOf, modelAxes, pointOf } from './points.js';

/** Observations from which a model is made; later experiments are drawn by chance from what is left. */
const LEARN_FROM = 500;
/** Questions about a space too large to be listed, before chance finds what the constraints allow. */
const ROUNDS = 4;
/** Keeps the seeds of further questions apart from those of other tunes. */
const NEXT_SEED = 1_000_003;

/**
 * A strategy that learns. Where the budget covers everything that is allowed there is nothing to choose: all of it is tried, in an
 * order that the seed shuffles.
 */
export function learningStrategy(strategy: LearningStrategy, model: Model): Optimizer {
  return {
    async suggest(request) {
      const { space, observations, pending, budget } = request;
      if (request.count === 0) return leadersOf(request, await model.ask(questionOf(strategy, request)));
      const allowed = listAllowed(space);
      const tried = new Set([...observations.map(({ index }) => index), ...pending]);
      if ((allowed && allowed.length <= budget) || observations.length >= LEARN_FROM)
        return walk(request, shuffled(space, request.seed), (index) => tried.has(index));
      const ask = (question: Pick<Question, 'candidates' | 'count' | 'seed'>): Promise<Answer> =>
        model.ask({ ...questionOf(strategy, request), ...question });
      return allowed ? fromList(request, allowed, tried, ask) : fromAll(request, tried, ask);
    },
  };
}

type Ask = (question: Pick<Question, 'candidates' | 'count' | 'seed'>) => Promise<Answer>;

async function fromList(
  { space, cursor, count, seed }: SuggestRequest,
  allowed: readonly number[],
  tried: ReadonlySet<number>,
  ask: Ask
): Promise<Suggestions> {
  const left = allowed.filter((index) => !tried.has(index));
  if (left.length === 0) return { ...suggestionsOf(space, []), cursor, exhausted: true };
  const answer = await ask({ candidates: left.map((index) => pointOf(space, index)), count, seed });
  const wanted = new Set(left);
  const indices = numbersIn(space, answer.points);
  if (indices.length === 0 || indices.length > count || !indices.every((index) => wanted.delete(index)))
    throw new TunerError('OPTIMIZER_FAILED', 'the optimizer suggested something else than what it was asked about');
  return { ...suggestionsOf(space, indices), cursor, exhausted: wanted.size === 0, ...expectationOf(answer) };
}

/** The model knows no constraints here: what it suggests is looked through, and asked for anew with another seed. */
async function fromAll(request: SuggestRequest, tried: ReadonlySet<number>, ask: Ask): Promise<Suggestions> {
  const { space, cursor, count, seed } = request;
  const found = new Set<number>();
  for (let round = 0; round < ROUNDS && found.size < count; round++) {
    const answer = await ask({ candidates: null, count, seed: (seed + round * NEXT_SEED) % 2 ** 31 });
    for (const index of numbersIn(space, answer.points))
      if (found.size < count && !tried.has(index) && space.allows(space.at(index))) found.add(index);
  }
  if (found.size > 0) return { ...suggestionsOf(space, [...found]), cursor, exhausted: false };
  return walk({ space, cursor, count }, shuffled(space, seed), (index) => tried.has(index));
}

function questionOf(strategy: LearningStrategy, request: SuggestRequest): Question {
  const { space, observations, known = [], pending, count, seed } = request;
  const seen = ({ index, scores, violation }: Observed): Seen => ({ point: pointOf(space, index), scores, violation });
  return {
    strategy,
    axes: modelAxes(space),
    observations: observations.map(seen),
    ...(known.length === 0
      ? {}
      : { known: known.map(({ aligned, observations: theirs }) => ({ aligned, observations: theirs.map(seen) })) }),
    pending: pending.map((index) => pointOf(space, index)),
    candidates: [],
    count,
    seed,
  };
}

function numbersIn(space: SearchSpace, points: readonly Point[]): number[] {
  return points.map((point) => {
    const index = indexOf(space, point);
    if (index === null) throw new TunerError('OPTIMIZER_FAILED', `the optimizer suggested no combination: ${point}`);
    return index;
  });
}

function expectationOf({ expected_improvement: share }: Answer): Pick<Suggestions, 'expectedImprovement'> {
  return share === null ? {} : { expectedImprovement: share };
}

function leadersOf({ space, cursor }: SuggestRequest, { leaders }: Answer): Suggestions {
  const nothing = { ...suggestionsOf(space, []), cursor, exhausted: false };
  return leaders.length === 0 ? nothing : { ...nothing, leaders: numbersIn(space, leaders) };
}
