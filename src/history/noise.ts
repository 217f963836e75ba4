/** How much the same configuration differs from start to start, over all tunes that have measured it. Pure. */
import { chiSquaredQuantile } from '../domain/verdict/quantiles.js';
import type { NoiseRow } from './tune-table.js';
import type { HostNoise, PooledNoise } from './types.js';

const CONFIDENCE = 0.95;

/** @param rows the newest first. @returns by host name. */
export function noiseOfHosts(rows: readonly NoiseRow[]): HostNoise[] {
  return [...groupBy(rows, ({ host }) => host)]
    .map(([host, ofHost]) => describeHost(host, ofHost))
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}

function describeHost(host: string, rows: readonly NoiseRow[]): HostNoise {
  const pooled = pool(rows);
  const bySetting = [
    ...groupBy(rows, ({ model, engine, objectiveWords }) => JSON.stringify([model, engine, objectiveWords])),
  ]
    .map(([, of]) => {
      const { model = '', engine = null, objectiveWords = '' } = of[0] ?? {};
      return { model, engine, objectiveWords, ...pool(of) };
    })
    .sort((a, b) => b.degreesOfFreedom - a.degreesOfFreedom || (a.model < b.model ? -1 : 1));
  const { percent, low, high, tunes, degreesOfFreedom } = pooled;
  const words = [
    `On ${host} the same configuration differs by ${percent.toFixed(1)} % from start to start`,
    `(standard deviation, ${CONFIDENCE * 100} % interval ${low.toFixed(1)} to ${high.toFixed(1)} %;`,
    `${tunes} tune${tunes === 1 ? '' : 's'}, ${degreesOfFreedom} degrees of freedom).`,
    ...(bySetting.length > 1 ? ['It is not the same for every model, engine and objective.'] : []),
  ].join(' ');
  return {
    host,
    hardware: rows.find(({ hardware }) => hardware !== null)?.hardware ?? null,
    ...pooled,
    aaTunes: rows.filter(({ isAa }) => isAa).length,
    bySetting,
    words,
  };
}

/** Variances weighted by their degrees of freedom: what one large sample would have given. */
function pool(rows: readonly NoiseRow[]): PooledNoise {
  const degreesOfFreedom = rows.reduce((sum, { degrees }) => sum + degrees, 0);
  const variance = rows.reduce((sum, { percent, degrees }) => sum + degrees * percent ** 2, 0) / degreesOfFreedom;
  const percent = Math.sqrt(variance);
  const bound = (probability: number): number =>
    percent * Math.sqrt(degreesOfFreedom / chiSquaredQuantile(probability, degreesOfFreedom));
  const tail = (1 - CONFIDENCE) / 2;
  const times = rows.map(({ finishedAt }) => finishedAt).sort();
  return {
    percent,
    low: bound(1 - tail),
    high: bound(tail),
    degreesOfFreedom,
    tunes: rows.length,
    lastMeasuredAt: times.at(-1) ?? '',
  };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
