/** Tunes side by side, each by the best that it has found. Pure. */
import { describeLoad, isSameLoad, loadOf, type Load } from '../domain/loads/load.js';
import { describeQuantity, hasDistribution, isRate, quantityOf, type Quantity } from '../domain/loads/metric.js';
import type { ExperimentResult, ResultsFile } from '../domain/results/tune-result.js';
import { compareParameters, compareSettings } from './compare-settings.js';
import { isBeyondNoise, type Estimate } from './difference.js';
import type { ComparedLoad, ComparedMetric, Comparison, Difference, HistoryEntry } from './types.js';

/** A stored tune. */
export interface ComparedRun {
  readonly entry: HistoryEntry;
  readonly scoringKey: string;
  readonly results: ResultsFile;
}

/** What a reader compares engines and models by, whatever the tune was for. */
const QUANTITIES: readonly Quantity[] = [
  { metric: 'ttft', statistic: 'mean' },
  { metric: 'ttft', statistic: 'p99' },
  { metric: 'tpot', statistic: 'mean' },
  { metric: 'tpot', statistic: 'p99' },
  { metric: 'e2e_latency', statistic: 'mean' },
  { metric: 'e2e_latency', statistic: 'p99' },
  { metric: 'output_throughput', statistic: 'mean' },
  { metric: 'request_throughput', statistic: 'mean' },
  { metric: 'goodput', statistic: 'mean' },
  { metric: 'error_rate', statistic: 'mean' },
];

export function compareRuns(runs: readonly ComparedRun[]): Comparison {
  const entries = runs.map(({ entry }) => entry);
  const settings = compareSettings(entries);
  const isComparable = new Set(runs.map(({ scoringKey }) => scoringKey)).size === 1;
  const loads = loadsOf(runs).map((load) => compareLoad(load, runs));
  return {
    runs: entries,
    settings,
    parameters: compareParameters(entries),
    loads,
    isComparable,
    words: [...wordsOf(entries, isComparable), ...wordsOfLoads(loads, runs.length)],
  };
}

/** The measurements of the best: its finals where it was in them, since the search has favoured luck. */
function bestOf({ results, entry }: ComparedRun): readonly ExperimentResult[] {
  const { best_result: best, finalists } = results;
  if (!best) return [];
  const finals = finalists.find(({ experiment_id }) => experiment_id === best.experiment_id);
  return entry.isFromFinals && finals ? finals.rounds : [best];
}

function loadsOf(runs: readonly ComparedRun[]): Load[] {
  const all = runs.flatMap((run) => bestOf(run).flatMap(({ loads }) => loads));
  const byKey = new Map(all.map((load) => [describeLoad(load), loadOf(load)]));
  return [...byKey.values()];
}

function compareLoad(load: Load, runs: readonly ComparedRun[]): ComparedLoad {
  const metrics = QUANTITIES.map((quantity) => compareMetric(quantity, load, runs));
  return { ...load, metrics: metrics.filter(({ values }) => values.some((value) => value !== null)) };
}

function compareMetric(quantity: Quantity, load: Load, runs: readonly ComparedRun[]): ComparedMetric {
  const estimates = runs.map((run) => estimateOf(quantity, load, run));
  const [first, ...others] = estimates;
  const isRateOf = isRate(quantity.metric);
  return {
    metric: quantity.metric,
    statistic: quantity.statistic,
    words: describeQuantity(quantity),
    unit: unitOf(quantity),
    values: estimates.map((estimate) => estimate?.value ?? null),
    differences: [null, ...others.map((other) => differenceOf(first ?? null, other, isRateOf))],
  };
}

function differenceOf(first: Estimate | null, other: Estimate | null, moreIsBetter: boolean): Difference | null {
  if (!first || !other || first.value === 0) return null;
  const percent = (100 * (other.value - first.value)) / Math.abs(first.value);
  return { percent, better: moreIsBetter ? percent > 0 : percent < 0, beyondNoise: isBeyondNoise(first, other) };
}

/** Null where the best was not measured under this load. */
function estimateOf(quantity: Quantity, load: Load, run: ComparedRun): Estimate | null {
  const values = valuesOf(bestOf(run), quantity, load);
  if (values.length === 0) return null;
  const value = values.reduce((sum, one) => sum + one, 0) / values.length;
  return { value, count: values.length, spread: spreadOf(quantity, load, run) };
}

/** From start to start, pooled over all that the finals have measured several times, whatever their level. */
function spreadOf(quantity: Quantity, load: Load, { results }: ComparedRun): Estimate['spread'] {
  let [squares, degrees] = [0, 0];
  for (const { rounds } of results.finalists) {
    const logarithms = valuesOf(rounds, quantity, load).map(Math.log);
    if (logarithms.length < 2 || !logarithms.every(Number.isFinite)) continue;
    const mean = logarithms.reduce((sum, one) => sum + one, 0) / logarithms.length;
    squares += logarithms.reduce((sum, one) => sum + (one - mean) ** 2, 0);
    degrees += logarithms.length - 1;
  }
  return degrees === 0 ? null : { deviation: Math.sqrt(squares / degrees), degrees };
}

function valuesOf(results: readonly ExperimentResult[], quantity: Quantity, load: Load): number[] {
  return results.flatMap(({ loads, status }) => {
    const measured = loads.find((one) => isSameLoad(one, load));
    const value = measured && status !== 'failed' ? quantityOf(measured, quantity) : NaN;
    return Number.isFinite(value) ? [value] : [];
  });
}

function unitOf({ metric }: Quantity): string {
  if (hasDistribution(metric)) return 's';
  if (!isRate(metric)) return 'share';
  return metric === 'request_throughput' || metric === 'goodput' ? 'req/s' : 'tok/s';
}

function wordsOf(entries: readonly HistoryEntry[], isComparable: boolean): string[] {
  const searched = entries.filter(({ score, isFromFinals }) => score !== null && !isFromFinals).length;
  const without = entries.filter(({ score }) => score === null).length;
  const machines = new Set(entries.map(({ hardware, hosts }) => JSON.stringify([hardware, hosts])));
  return [
    ...(isComparable ? [] : ['Their scores do not mean the same: objectives or loads differ.']),
    ...(without > 0 ? [`${without} of them found nothing that works.`] : []),
    ...(searched > 0
      ? [`${searched} of them have the best by single measurements of the search, which are too good on average.`]
      : []),
    ...(machines.size > 1 ? ['They ran on different machines.'] : []),
  ];
}

function wordsOfLoads(loads: readonly ComparedLoad[], runs: number): string[] {
  const told = loads.flatMap(({ metrics }) =>
    metrics.flatMap(({ differences }) => differences.filter((one) => one !== null))
  );
  const known = told.filter(({ beyondNoise }) => beyondNoise !== null).length;
  if (loads.length === 0) return ['None of them has measurements to compare.'];
  if (told.length === 0) return runs > 1 ? ['No load was measured in more than one of them.'] : [];
  if (known === 0)
    return ['Whether a difference is more than noise cannot be told: there were no finals in which it was measured.'];
  return [
    'A difference counts as beyond the noise where starts of the same thing would show it in less than 5 of 100 comparisons, each by itself; that a machine changes from day to day is not in it.',
  ];
}
