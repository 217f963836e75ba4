import type { ResultsFile } from '../../domain/results/tune-result.js';
import { engineTable } from '../../domain/loads/engine-words.js';
import { describeLoad } from '../../domain/loads/load.js';
import { oneLine, table } from './format.js';

/** What the engine said of itself, for the baseline and the best: means, and the highest in brackets. Nothing where it said nothing. */
export function describeEngine({ baseline, best_result: best, nearest_result: nearest }: ResultsFile): string[] {
  const shown = [baseline, best ?? nearest].filter((result) => result != null);
  const told = shown.flatMap((result) =>
    result.loads.flatMap((load) => (load.engine_metrics ? [{ result, load, metrics: load.engine_metrics }] : []))
  );
  const found = engineTable(told.map(({ metrics }) => metrics));
  if (!found) return [];
  const header = ['', "the engine's own numbers", ...found.names];
  const body = told.map(({ result, load }, i) => [
    `[${result.experiment_id}]`,
    oneLine(describeLoad(load)),
    ...(found.rows[i] ?? []),
  ]);
  return [table([header, ...body]), ''];
}
