import type { SearchSpace } from '../../domain/space/search-space.js';

/** Combinations up to which each remaining one is scored. */
export const MOST_CANDIDATES = 2000;
/** Combinations whose constraints are evaluated to find them, at each suggestion. */
const LOOK_AT_MOST = 50_000;

/** The numbers of all combinations that the constraints allow; null where there are too many to be scored one by one. */
export function listAllowed(space: SearchSpace): number[] | null {
  if (space.constraints.length === 0 ? space.size > MOST_CANDIDATES : space.size > LOOK_AT_MOST) return null;
  const allowed: number[] = [];
  for (let index = 0; index < space.size; index++) {
    if (!space.allows(space.at(index))) continue;
    if (allowed.length === MOST_CANDIDATES) return null;
    allowed.push(index);
  }
  return allowed;
}
