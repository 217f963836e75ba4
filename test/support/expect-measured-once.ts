import { expect } from '@jest/globals';
import type { World } from './world.js';

/** Every experiment succeeded, was benchmarked by one start of the tool, and left nothing. */
export async function expectMeasuredOnce(world: World, name: string, experiments: number): Promise<void> {
  const results = await world.results(name);
  expect(results.all_results.map((result) => [result.experiment_id, result.status])).toEqual(
    Array.from({ length: experiments }, (_, i) => [i + 1, 'success'])
  );
  expect(results.best_result).not.toBeNull();
  const starts = Object.entries(await world.benchmarkStarts()).filter(([folder]) => folder.includes(`/${name}/`));
  expect(starts.map(([, count]) => count)).toEqual(Array(experiments).fill(1));
  expect(await world.processes(name)).toEqual([]);
}
