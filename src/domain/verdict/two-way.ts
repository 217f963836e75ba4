/**
 * The two-way layout: configurations as treatments, rounds as blocks, additive. What a round has in common (a warmer machine, a busy
 * neighbour) cancels, and all configurations together tell the noise. Cells may be missing: the intra-block analysis, Yates 1936;
 * Searle, Linear Models (1971), chapter 7. With all cells it is the randomised block design, with two configurations the paired t test.
 */

export interface Cell {
  readonly treatment: number;
  readonly block: number;
  readonly value: number;
}

export interface TwoWay {
  /** Each treatment's effect, relative to the reference's. */
  readonly effects: ReadonlyMap<number, number>;
  /** Variance of one cell. */
  readonly variance: number;
  /** Zero when there is too little to tell the variance. */
  readonly degreesOfFreedom: number;
  /** The variance of the difference of two effects, over that of one cell. */
  readonly differenceFactor: (a: number, b: number) => number;
}

/** @param reference a treatment; one that never shared a block with it is left out. */
export function twoWay(all: readonly Cell[], reference: number): TwoWay {
  const common = new Set(all.filter((cell) => cell.treatment === reference).map((cell) => cell.block));
  const connected = new Set(all.filter((cell) => common.has(cell.block)).map((cell) => cell.treatment));
  const blocks = groupByBlock(all.filter((cell) => connected.has(cell.treatment)));
  const others = [...connected].filter((treatment) => treatment !== reference).sort((a, b) => a - b);
  const indexOf = new Map(others.map((treatment, i) => [treatment, i]));

  const information = others.map(() => others.map(() => 0));
  const adjusted = others.map(() => 0);
  for (const cells of blocks) {
    const mean = meanOf(cells.map((cell) => cell.value));
    for (const { treatment, value } of cells) {
      const i = indexOf.get(treatment);
      if (i === undefined) continue;
      adjusted[i] = (adjusted[i] ?? 0) + value - mean;
      const row = information[i] as number[];
      row[i] = (row[i] ?? 0) + 1;
      for (const other of cells) {
        const j = indexOf.get(other.treatment);
        if (j !== undefined) row[j] = (row[j] ?? 0) - 1 / cells.length;
      }
    }
  }
  const covariance = inverse(information);
  const effects = new Map([
    [reference, 0],
    ...others.map((treatment, i): [number, number] => [treatment, dot(covariance[i] ?? [], adjusted)]),
  ]);
  const cellCount = blocks.reduce((sum, cells) => sum + cells.length, 0);
  const degreesOfFreedom = Math.max(0, cellCount - blocks.length - others.length);
  const between = (a: number, b: number): number => {
    const [i, j] = [indexOf.get(a), indexOf.get(b)];
    return i === undefined || j === undefined ? 0 : (covariance[i]?.[j] ?? 0);
  };
  return {
    effects,
    variance: degreesOfFreedom > 0 ? residualSquares(blocks, effects) / degreesOfFreedom : 0,
    degreesOfFreedom,
    differenceFactor: (a, b) => between(a, a) + between(b, b) - 2 * between(a, b),
  };
}

function residualSquares(blocks: readonly Cell[][], effects: ReadonlyMap<number, number>): number {
  return blocks.reduce((sum, cells) => {
    const rests = cells.map(({ treatment, value }) => value - (effects.get(treatment) ?? 0));
    const mean = meanOf(rests);
    return sum + rests.reduce((squares, rest) => squares + (rest - mean) ** 2, 0);
  }, 0);
}

function groupByBlock(cells: readonly Cell[]): Cell[][] {
  const blocks = new Map<number, Cell[]>();
  for (const cell of cells) blocks.set(cell.block, [...(blocks.get(cell.block) ?? []), cell]);
  return [...blocks.values()];
}

/** Gauss-Jordan without pivoting, which a positive definite matrix does not need; at most five rows. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...Array.from({ length: size }, (_, j) => (i === j ? 1 : 0))]);
  rows.forEach((pivotRow, i) => {
    const pivot = pivotRow[i] ?? 1;
    pivotRow.forEach((value, column) => (pivotRow[column] = value / pivot));
    rows.forEach((row, other) => {
      const factor = row[i] ?? 0;
      if (other !== i) row.forEach((value, column) => (row[column] = value - factor * (pivotRow[column] ?? 0)));
    });
  });
  return rows.map((row) => row.slice(size));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
