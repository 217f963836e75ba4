/**
 * How much of the differences in the objective goes along with each parameter, and whether chance alone would do the same.
 *
 * The share of a parameter is that of the variance between the groups of its values (eta squared), less what random groups of the same
 * sizes explain on average; the latter comes from shuffling the scores, as does the p-value (a permutation test: Fisher, "The Design of
 * Experiments", 1935). Each parameter is taken by itself: interactions are no one's.
 */
import { keyOf, valueOf, type Parameter } from './parameters.js';
import type { Measured } from './points.js';

export interface Effect {
  readonly parameter: Parameter;
  /** From 0 to 1: what chance would explain is taken off. */
  readonly share: number;
  /** How often shuffled scores explain at least as much. */
  readonly chance: number;
  /** Whether `chance` is small enough, with an allowance for the number of parameters. */
  readonly isTold: boolean;
  /** The mean score of each group; lower is better. */
  readonly groups: readonly { readonly label: string; readonly mean: number; readonly count: number }[];
}

/** Fewer measurements say nothing. */
export const FEWEST = 6;
const LEVEL = 0.05;
const MOST_GROUPS = 5;
/** A test of more rows takes long in a browser and says the same. */
const MOST_ROWS = 500;
const FEWEST_SHUFFLES = 400;
const MOST_SHUFFLES = 2000;

/** The largest first. Empty with fewer than `FEWEST` measurements. The same input has the same output. */
export function effectsOf(measured: readonly Measured[], parameters: readonly Parameter[]): Effect[] {
  const rows = evenly(measured, MOST_ROWS);
  if (rows.length < FEWEST || parameters.length === 0) return [];
  const scores = rows.map(({ objective_score }) => objective_score);
  const groupings = parameters.map((parameter) => groupsOf(parameter, rows));
  const total = squares(scores);
  if (!(total > 0))
    return parameters.map((parameter) => ({ parameter, share: 0, chance: 1, isTold: false, groups: [] }));
  const own = groupings.map((grouping) => between(scores, grouping) / total);
  const shuffles = Math.min(MOST_SHUFFLES, Math.max(FEWEST_SHUFFLES, Math.ceil((2 * parameters.length) / LEVEL)));
  const sums = parameters.map(() => 0);
  const atLeast = parameters.map(() => 0);
  const random = seeded(0x5eed);
  const shuffled = [...scores];
  for (let i = 0; i < shuffles; i++) {
    shuffle(shuffled, random);
    groupings.forEach((grouping, at) => {
      const share = between(shuffled, grouping) / total;
      sums[at] = (sums[at] ?? 0) + share;
      // Sums in another order differ in their last digits.
      if (share >= (own[at] ?? 0) - 1e-9) atLeast[at] = (atLeast[at] ?? 0) + 1;
    });
  }
  return parameters
    .map((parameter, at): Effect => {
      const expected = (sums[at] ?? 0) / shuffles;
      const share = expected < 1 ? Math.max(0, ((own[at] ?? 0) - expected) / (1 - expected)) : 0;
      const chance = (1 + (atLeast[at] ?? 0)) / (1 + shuffles);
      const isTold = chance <= LEVEL / parameters.length && share > 0;
      return { parameter, share, chance, isTold, groups: describeGroups(scores, groupings[at] as Grouping) };
    })
    .sort((a, b) => b.share - a.share);
}

interface Grouping {
  readonly labels: readonly string[];
  /** The group of each row. */
  readonly of: readonly number[];
}

/** A group per value; numbers of many values in groups of about the same size. What lacks the parameter is a group, too. */
function groupsOf(parameter: Parameter, rows: readonly Measured[]): Grouping {
  const { name, values, isNumeric } = parameter;
  if (!isNumeric) {
    const labels = [...values.map(String), 'not set'];
    const at = new Map(values.map((value, i) => [keyOf(value), i]));
    return { labels, of: rows.map((row) => at.get(keyOf(valueOf(row, name))) ?? values.length) };
  }
  const numbers = rows.map((row) => valueOf(row, name)).map((value) => (typeof value === 'number' ? value : NaN));
  const sorted = numbers.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const count = Math.max(2, Math.min(MOST_GROUPS, Math.floor(sorted.length / 4)));
  const cuts = [
    ...new Set(Array.from({ length: count - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / count)] ?? 0)),
  ];
  const labels = [...cuts.map((cut) => `below ${cut}`), `from ${cuts.at(-1)}`, 'not set'];
  const of = numbers.map((value) =>
    Number.isNaN(value) ? labels.length - 1 : cuts.filter((cut) => value >= cut).length
  );
  return { labels, of };
}

function describeGroups(scores: readonly number[], { labels, of }: Grouping): Effect['groups'] {
  return labels.flatMap((label, group) => {
    const own = scores.filter((_, i) => of[i] === group);
    return own.length === 0 ? [] : [{ label, mean: own.reduce((a, b) => a + b, 0) / own.length, count: own.length }];
  });
}

/** The sum of squares that a grouping explains. */
function between(scores: readonly number[], { labels, of }: Grouping): number {
  const sums = labels.map(() => 0);
  const counts = labels.map(() => 0);
  let all = 0;
  for (let i = 0; i < scores.length; i++) {
    const [group, score] = [of[i] ?? 0, scores[i] ?? 0];
    sums[group] = (sums[group] ?? 0) + score;
    counts[group] = (counts[group] ?? 0) + 1;
    all += score;
  }
  const explained = sums.reduce((sum, one, i) => sum + ((counts[i] ?? 0) > 0 ? one ** 2 / (counts[i] ?? 1) : 0), 0);
  return Math.max(0, explained - all ** 2 / scores.length);
}

function squares(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)] as T);
}

/** Fisher and Yates. */
function shuffle(values: number[], random: () => number): void {
  for (let i = values.length - 1; i > 0; i--) {
    const at = Math.floor(random() * (i + 1));
    [values[i], values[at]] = [values[at] ?? 0, values[i] ?? 0];
  }
}

/** mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
