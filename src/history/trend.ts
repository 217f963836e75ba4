/** How the answer to one task has changed from tune to tune. Pure. */
import type { HistoryEntry, ParameterChange, TrendPoint } from './types.js';
import { settingsThatDiffer } from './compare-settings.js';
import { isBeyondNoise, type Estimate } from './difference.js';
import type { TrendRow } from './tune-table.js';
import { ratioScore } from '../domain/scoring/score.js';

/** @param rows tunes of one task, the oldest first. */
export function trendOf(rows: readonly TrendRow[]): TrendPoint[] {
  /** The last one that has a best. */
  let before: TrendRow | null = null;
  return rows.map((row) => {
    const point = pointOf(row, before);
    if (row.entry.score !== null) before = row;
    return point;
  });
}

function pointOf(row: TrendRow, before: TrendRow | null): TrendPoint {
  const { entry } = row;
  const isComparable = before?.scoringKey === row.scoringKey;
  const [now, then] = [estimateOf(row), before && estimateOf(before)];
  const canTell = isComparable && now !== null && then !== null && now.value * then.value > 0;
  return {
    entry,
    changes: before && entry.bestParameters ? changesBetween(before.entry, entry) : [],
    surroundings: before ? settingsThatDiffer([before.entry, entry]) : [],
    isComparable,
    changePercent: canTell ? (100 * (then.value - now.value)) / Math.abs(then.value) : null,
    beyondNoise: canTell ? isBeyondNoise(now, then) : null,
  };
}

/** The score, such that ratios mean something; lower is better. */
function estimateOf({ entry, noiseDegrees, scoreMeasurements }: TrendRow): Estimate | null {
  if (entry.score === null) return null;
  const { noisePercent, objective } = entry;
  const spread =
    noisePercent === null || !noiseDegrees ? null : { deviation: noisePercent / 100, degrees: noiseDegrees };
  return { value: ratioScore(entry.score, objective), count: scoreMeasurements, spread };
}

function changesBetween(before: HistoryEntry, now: HistoryEntry): ParameterChange[] {
  const [from, to] = [before.bestParameters ?? {}, now.bestParameters ?? {}];
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .map((name) => ({ name, from: from[name] ?? null, to: to[name] ?? null }))
    .filter((change) => change.from !== change.to);
}
