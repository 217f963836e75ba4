/** How experiments ended that have no score to be proud of: by cause. */
import type { OutlineExperiment, ResultsOutline } from '../../domain/results/outline.js';
import { gridBase, legend, valueAxis } from './parts.js';
import { everyResult } from './points.js';
import { count, listed, percent, plain, sentences } from './text.js';
import { COLORS } from './theme.js';
import type { Chart } from './types.js';

interface Cause {
  readonly name: string;
  readonly kind: 'failed' | 'not feasible' | 'cancelled';
  readonly ids: readonly number[];
}

const KIND_COLORS = { failed: COLORS.failed, 'not feasible': COLORS.infeasible, cancelled: COLORS.baseline } as const;

export function failuresChart(results: ResultsOutline): Chart | null {
  const all = everyResult(results);
  const causes = causesOf(all);
  if (causes.length === 0) return null;
  const drawn = [...causes].reverse();
  const kinds = (Object.keys(KIND_COLORS) as Cause['kind'][]).filter((kind) =>
    causes.some((cause) => cause.kind === kind)
  );
  const bad = causes.reduce((sum, { ids }) => sum + ids.length, 0);
  return {
    id: 'failures',
    group: 'search',
    title: 'What went wrong',
    words: sentences(
      `${bad} of ${count(all.length, 'deployment')} (${percent(bad / all.length)}) ended without a usable configuration.`,
      `Causes: ${listed(causes.map(({ name, ids }) => `${name} (${ids.length})`))}.`,
      causes.some(({ kind }) => kind === 'failed') &&
        'A failure that belongs to its combination is a result: the search learns to keep away from there.'
    ),
    option: gridBase({
      legend: legend(),
      xAxis: valueAxis('deployments', { min: 0, minInterval: 1, scale: false }),
      yAxis: { type: 'category', data: drawn.map(({ name }) => name) },
      series: kinds.map((kind) => ({
        ...{ type: 'bar', name: kind, stack: 'causes', barMaxWidth: 22, itemStyle: { color: KIND_COLORS[kind] } },
        data: drawn.map((cause) => (cause.kind === kind ? cause.ids.length : 0)),
      })),
    }),
    size: 'wide',
    height: 110 + 34 * causes.length,
  };
}

/** The most frequent first. */
export function causesOf(all: readonly OutlineExperiment[]): Cause[] {
  const causes = new Map<string, Cause & { readonly ids: number[] }>();
  for (const result of all) {
    const [name, kind] = causeOf(result) ?? [];
    if (!name || !kind) continue;
    const known = causes.get(name) ?? { name, kind, ids: [] };
    causes.set(name, known);
    known.ids.push(result.experiment_id);
  }
  return [...causes.values()].sort((a, b) => b.ids.length - a.ids.length);
}

function causeOf({ status, failure, ended_early: ended, slo }: OutlineExperiment): [string, Cause['kind']] | null {
  if (status === 'success') return null;
  if (status === 'failed') return [plain(failure?.code ?? '', 40) || 'failed', 'failed'];
  if (status === 'cancelled') return ['cancelled', 'cancelled'];
  if (ended?.kind === 'hopeless') return ['ended early: far behind', 'not feasible'];
  const [worst] = slo?.misses ?? [];
  return [worst ? `misses ${plain(worst.metric.replaceAll('_', ' '), 24)}` : 'misses a limit', 'not feasible'];
}
