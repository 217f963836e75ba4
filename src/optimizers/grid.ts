import type { Combination } from '../domain/combination.js';
import type { Optimizer, SuggestRequest, Suggestions } from './types.js';

/** Combinations looked at in one call, so that constraints which prune nearly everything cannot hold up a worker. */
const LOOK_AT_MOST = 200_000;

/** Every combination in order, the last parameter varying fastest, as the prototype did; nothing is expanded. */
export const gridSearch: Optimizer = {
  name: 'grid_search',
  suggest: (request) => walk(request, (index) => index),
};

/** Walks the numbered space from the cursor through `order` and keeps what the constraints allow. */
export function walk({ space, cursor, count }: SuggestRequest, order: (position: number) => number): Suggestions {
  const combinations: Combination[] = [];
  const end = Math.min(space.size, cursor + LOOK_AT_MOST);
  let position = cursor;
  while (position < end && combinations.length < count) {
    const combination = space.at(order(position++));
    if (space.allows(combination)) combinations.push(combination);
  }
  return { combinations, cursor: position, exhausted: position >= space.size };
}
