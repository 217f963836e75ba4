import { expect } from '@jest/globals';
import type { Combination } from '../../src/domain/space/combination.js';
import type { Observed } from '../../src/domain/tuning/observation.js';
import type { Optimizer, SuggestRequest } from '../../src/optimizers/types.js';

/**
 * Everything that an optimizer suggests, asked for in portions of these sizes over and over; each portion's experiments have ended
 * before the next one.
 */
export async function drain(
  optimizer: Optimizer,
  search: Pick<SuggestRequest, 'space' | 'seed' | 'budget'>,
  portions: readonly number[]
): Promise<Combination[]> {
  const all: Combination[] = [];
  const observations: Observed[] = [];
  for (let i = 0, cursor = 0, exhausted = false; !exhausted; i++) {
    const count = portions[i % portions.length] as number;
    const request = { ...search, cursor, count, observations: [...observations], pending: [] };
    const suggestions = await optimizer.suggest(request);
    // A retry of the same request, on whatever machine, must not plan something else.
    expect(await optimizer.suggest(request)).toEqual(suggestions);
    expect(suggestions.combinations.length).toBeLessThanOrEqual(count);
    expect(suggestions.indices.map((index) => search.space.at(index))).toEqual(suggestions.combinations);
    // It gets on, or a tune would ask for ever.
    expect(suggestions.cursor > cursor || suggestions.indices.length > 0 || suggestions.exhausted).toBe(true);
    all.push(...suggestions.combinations);
    observations.push(...suggestions.indices.map((index) => ({ index, scores: [index % 7], violation: 0 })));
    ({ cursor, exhausted } = suggestions);
  }
  return all;
}
