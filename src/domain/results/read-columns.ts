/** From columns to an outline, in a browser or a test. */
import { loadOf } from '../loads/load.js';
import { drawnFields, type DrawnFields } from './result-columns.js';
import type { ResultColumns } from './result-columns.schema.js';
import type { OutlineExperiment, OutlineLoad, ResultsOutline } from './outline.js';

type Columns = ResultColumns['experiments'];
/** Before its loads are known. */
type Row = OutlineExperiment & { readonly loads: OutlineLoad[] };

/** The same outline, but for the digits that columns leave out. */
export function outlineOf(columns: ResultColumns): ResultsOutline {
  const { experiments, searched, baseline, best, nearest, finalists, pareto_front: front, ...head } = columns;
  const rows = experiments.experiment_id.map((_, row) => experimentAt(experiments, row));
  addLoads(rows, experiments.loads, drawnFields(columns));
  const at = (row: number): OutlineExperiment => {
    const found = rows[row];
    if (!found) throw new Error(`the columns have no row ${row}`);
    return found;
  };
  return {
    ...head,
    all_results: rows.slice(0, searched),
    baseline: baseline === null ? null : at(baseline),
    best_result: best === null ? null : at(best),
    ...(nearest === undefined ? {} : { nearest_result: at(nearest) }),
    finalists: finalists.map(({ experiment_id, rounds }) => ({
      experiment_id,
      rounds: rounds.map(({ round, row }) => ({ ...at(row), round })),
    })),
    ...(front ? { pareto_front: front } : {}),
  };
}

function experimentAt(of: Columns, row: number): Row {
  const scores = of.objective_scores?.[row] ?? [];
  const relative = valueAt(of.relative, row);
  const accelerators = valueAt(of.accelerators, row);
  const code = valueAt(of.failure, row);
  const metric = valueAt(of.missed, row);
  const kind = valueAt(of.ended_early, row);
  return {
    experiment_id: of.experiment_id[row] ?? 0,
    parameters: Object.fromEntries(
      of.parameters.flatMap((parameter) => {
        const value = valueAt(parameter, row);
        return value === undefined ? [] : [[parameter.name, value]];
      })
    ),
    status: valueAt(of.status, row) ?? 'cancelled',
    objective_score: of.objective_score[row] ?? null,
    ...(scores.length > 0 ? { objective_scores: scores } : {}),
    ...(relative === undefined ? {} : { relative }),
    ...(accelerators === undefined ? {} : { accelerators }),
    ...(metric === undefined ? {} : { slo: { misses: [{ metric }] } }),
    ...(kind === undefined ? {} : { ended_early: { kind } }),
    failure: code === undefined ? null : { code },
    timings_s: Object.fromEntries(of.timings_s.map(({ phase, seconds }) => [phase, seconds[row] ?? 0])),
    loads: [],
  };
}

function valueAt<T>(
  { values, at }: { readonly values: readonly T[]; readonly at: readonly number[] },
  row: number
): T | undefined {
  return values[at[row] ?? -1];
}

function addLoads(rows: readonly Row[], loads: Columns['loads'], fields: DrawnFields): void {
  for (const { rate: rates, latency: latencies, repeats, disturbances, ...load } of loads) {
    const repeated = new Map(repeats.map((one) => [one.row, one]));
    const disturbed = new Map(disturbances.map((one) => [one.row, one.count]));
    rows.forEach((of, row) => {
      const [rate, latency] = [rates[row] ?? null, latencies[row] ?? null];
      if (rate === null && latency === null) return;
      const again = repeated.get(row);
      const broken = disturbed.get(row);
      of.loads.push({
        ...loadOf(load),
        ...(rate === null ? {} : { [fields.rate]: rate }),
        ...(latency === null ? {} : { [fields.latency]: { [fields.statistic]: latency } }),
        ...(again ? { repeats: { count: again.count, spread: spreadOf(again.spread, fields.goal) } } : {}),
        ...(broken === undefined ? {} : { disturbances: broken }),
      });
    });
  }
}

function spreadOf(spread: number | null, goal: string): Record<string, number> {
  return spread === null ? {} : { [goal]: spread };
}
