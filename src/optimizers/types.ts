import type { Combination } from '../domain/space/combination.js';
import type { KnownTune } from '../domain/reuse/known.js';
import type { Observed } from '../domain/tuning/observation.js';
import type { SearchSpace } from '../domain/space/search-space.js';

export interface SuggestRequest {
  readonly space: SearchSpace;
  /** Where the last call ended; 0 at first. */
  readonly cursor: number;
  /** The most combinations to return; 0 asks for the leaders. */
  readonly count: number;
  readonly seed: number;
  /** The most experiments of the search that there will be: who can try everything need not choose. 0 where it may end sooner. */
  readonly budget: number;
  /** How earlier experiments ended, in that order. */
  readonly observations: readonly Observed[];
  /** Numbers of combinations that are under way, and of those that ended without teaching anything. */
  readonly pending: readonly number[];
  /** What earlier tunes have learned, the oldest first. What they have measured may be suggested: this tune has not measured it. */
  readonly known?: readonly KnownTune[];
}

export interface Suggestions {
  readonly combinations: readonly Combination[];
  /** The number of each in the space. */
  readonly indices: readonly number[];
  readonly cursor: number;
  /** True when nothing is left to suggest. */
  readonly exhausted: boolean;
  /** How much better than the best so far the first is expected to be, as a share of it; absent where nothing can be said. */
  readonly expectedImprovement?: number;
  /**
   * Numbers of what worked and held every limit, the best by the first objective first, by a model: it knows that the luckiest
   * measurement was lucky. Absent without a model, and where combinations were asked for.
   */
  readonly leaders?: readonly number[];
}

/**
 * Port: which combinations to try next. Pure: the same request gives the same answer on any machine. A strategy that does not learn
 * looks at the cursor, one that learns at the observations.
 */
export interface Optimizer {
  suggest(request: SuggestRequest): Promise<Suggestions>;
}
