import type { Combination } from '../domain/combination.js';
import type { SearchSpace } from '../domain/search-space.js';

export interface SuggestRequest {
  readonly space: SearchSpace;
  /** Where the last call ended; 0 at first. */
  readonly cursor: number;
  /** The most combinations to return. */
  readonly count: number;
  readonly seed: number;
}

export interface Suggestions {
  readonly combinations: readonly Combination[];
  readonly cursor: number;
  /** True when nothing is left to suggest. */
  readonly exhausted: boolean;
}

/** Port: which combinations to try next. Pure: the same request gives the same answer on any machine. */
export interface Optimizer {
  readonly name: string;
  suggest(request: SuggestRequest): Suggestions;
}
