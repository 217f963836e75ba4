/** Trade-offs between several objectives. Scores: lower is better; all lists of one call are equally long. */

export type Scores = readonly number[];

/** As good in each objective and better in at least one. What holds a number that is none dominates nothing. */
export function dominates(one: Scores, other: Scores): boolean {
  return one.every((score, i) => score <= (other[i] ?? NaN)) && one.some((score, i) => score < (other[i] ?? NaN));
}

/** By the first objective, on a tie by the next: what comes first is dominated by nothing. */
export function compareScores(one: Scores, other: Scores): number {
  const at = one.findIndex((score, i) => score !== other[i]);
  return at < 0 ? 0 : (one[at] ?? NaN) - (other[at] ?? NaN);
}

/**
 * Those that nothing dominates, in the order of `items`. Equals stay together.
 * @param scoresOf finite numbers only.
 */
export function paretoFront<T>(items: readonly T[], scoresOf: (item: T) => Scores): T[] {
  return items.filter((item) => !items.some((other) => dominates(scoresOf(other), scoresOf(item))));
}

/**
 * Adds one to a front of at most `limit`. Where it is full, the most crowded one goes, and never one that is the best in an objective.
 * What was given up is forgotten: a later one that only it dominated may enter.
 */
export function addToFront<T>(front: readonly T[], item: T, scoresOf: (item: T) => Scores, limit: number): T[] {
  if (front.some((member) => dominates(scoresOf(member), scoresOf(item)))) return [...front];
  const next = [...front.filter((member) => !dominates(scoresOf(item), scoresOf(member))), item];
  if (next.length <= limit) return next;
  const crowding = crowdingDistances(next.map(scoresOf));
  const out = crowding.indexOf(Math.min(...crowding));
  return next.filter((_, i) => i !== out);
}

/**
 * The crowding distance of NSGA-II (Deb et al., IEEE TEC 6(2), 2002): how far apart the neighbours of each are, added up over the
 * objectives, each relative to its range. Infinite at both ends of an objective.
 */
export function crowdingDistances(all: readonly Scores[]): number[] {
  const distances = all.map(() => 0);
  for (let objective = 0; objective < (all[0]?.length ?? 0); objective++) {
    const at = (i: number): number => all[i]?.[objective] ?? NaN;
    const order = all.map((_, i) => i).sort((a, b) => at(a) - at(b) || a - b);
    const [first = 0, last = 0] = [order[0], order.at(-1)];
    const range = at(last) - at(first);
    order.forEach((i, rank) => {
      const [before, after] = [order[rank - 1], order[rank + 1]];
      const gap =
        before === undefined || after === undefined ? Infinity : range > 0 ? (at(after) - at(before)) / range : 0;
      distances[i] = (distances[i] ?? 0) + gap;
    });
  }
  return distances;
}

/**
 * The balanced one of a front: the nearest to the ideal point, which has the best of each objective, when each objective goes from 0
 * at its best to 1 at its worst on the front (compromise programming; Zeleny, "Multiple Criteria Decision Making", 1982).
 * @returns null of an empty front; the first on a tie.
 */
export function balancedOf<T>(front: readonly T[], scoresOf: (item: T) => Scores): T | null {
  const all = front.map(scoresOf);
  const ranges = (all[0] ?? []).map((_, objective) => {
    const values = all.map((scores) => scores[objective] ?? NaN);
    return { best: Math.min(...values), range: Math.max(...values) - Math.min(...values) };
  });
  const distances = all.map((scores) =>
    Math.hypot(...scores.map((score, i) => (score - (ranges[i]?.best ?? NaN)) / (ranges[i]?.range || 1)))
  );
  return front[distances.indexOf(Math.min(...distances))] ?? null;
}
