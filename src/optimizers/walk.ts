import type { SearchSpace } from '../domain/space/search-space.js';
import type { SuggestRequest, Suggestions } from './types.js';

/** Combinations looked at in one call, so that constraints which prune nearly everything cannot hold up a worker. */
const LOOK_AT_MOST = 50_000;

/** A sequence of combination numbers; null where it has nothing new at that position. */
export interface Order {
  readonly length: number;
  at(position: number): number | null;
}

/**
 * Goes along an order from the cursor and keeps what the constraints allow.
 * @param skip combinations that are not wanted, for reasons of the caller.
 */
export function walk(
  { space, cursor, count }: Pick<SuggestRequest, 'space' | 'cursor' | 'count'>,
  order: Order,
  skip: (index: number) => boolean = () => false
): Suggestions {
  const indices: number[] = [];
  const end = Math.min(order.length, cursor + LOOK_AT_MOST);
  let position = cursor;
  while (position < end && indices.length < count) {
    const index = order.at(position++);
    if (index !== null && !skip(index) && space.allows(space.at(index))) indices.push(index);
  }
  return { ...suggestionsOf(space, indices), cursor: position, exhausted: position >= order.length };
}

/** Combinations by their numbers. */
export function suggestionsOf(
  space: SearchSpace,
  indices: readonly number[]
): Pick<Suggestions, 'combinations' | 'indices'> {
  return { combinations: indices.map((index) => space.at(index)), indices };
}
