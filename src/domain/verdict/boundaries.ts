/**
 * Looking after every round and stopping at the first difference that seems real finds differences where there are none. A
 * spending function says how much of the error probability each look may use up.
 */
import { normalProbability } from './quantiles.js';

/** The share of the error probability that is spent when this share of the rounds is done. */
export type Spending = (share: number) => number;

/** Nearly the same level at every look, so that a large gain is seen early. Lan and DeMets, Biometrika 70 (1983), 659-663. */
export const POCOCK_TYPE: Spending = (share) => Math.log(1 + (Math.E - 1) * share);

/** Of the density at each look; odd, for Simpson's rule. Doubling it changes no level by more than 1e-6. */
const NODES = 201;

interface Density {
  readonly at: readonly number[];
  /** Times the weight of the quadrature. */
  readonly mass: readonly number[];
}

/**
 * The two-sided significance level to use at each look, such that all looks together err with probability `alpha`: by the recursion
 * of Armitage, McPherson and Rowe (J. R. Stat. Soc. A 132 (1969), 235-244) for a Brownian motion, whose boundaries become levels
 * of t tests (the significance level approach: Jennison and Turnbull, Group Sequential Methods, 2000, sections 4.4 and 7.3).
 * @param shares of the most information, ascending, the last one 1.
 */
export function nominalLevels(shares: readonly number[], alpha: number, spending: Spending = POCOCK_TYPE): number[] {
  let density: Density = { at: [0], mass: [1] };
  let before = 0;
  return shares.map((share) => {
    const deviation = Math.sqrt(share - before);
    const boundary = boundaryWhere(density, deviation, alpha * (spending(share) - spending(before)));
    density = continued(density, deviation, boundary);
    before = share;
    return 2 * normalProbability(-boundary / Math.sqrt(share));
  });
}

/** How far out it must be that the probability to be there, and inside at all earlier looks, is this one. */
function boundaryWhere(density: Density, deviation: number, probability: number): number {
  let low = 0;
  let high = 10;
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (outside(density, deviation, middle) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function outside({ at, mass }: Density, deviation: number, boundary: number): number {
  const beyond = (from: number): number =>
    normalProbability((-boundary - from) / deviation) + normalProbability((from - boundary) / deviation);
  return at.reduce((sum, from, i) => sum + (mass[i] ?? 0) * beyond(from), 0);
}

/** The density of what has not left at this look. */
function continued({ at, mass }: Density, deviation: number, boundary: number): Density {
  const step = (2 * boundary) / (NODES - 1);
  const nodes = Array.from({ length: NODES }, (_, i) => -boundary + i * step);
  const scale = 1 / (deviation * Math.sqrt(2 * Math.PI));
  const height = (to: number): number =>
    at.reduce((sum, from, i) => sum + (mass[i] ?? 0) * Math.exp(-0.5 * ((to - from) / deviation) ** 2), 0) * scale;
  return { at: nodes, mass: nodes.map((node, i) => height(node) * simpsonWeight(i) * (step / 3)) };
}

function simpsonWeight(i: number): number {
  if (i === 0 || i === NODES - 1) return 1;
  return i % 2 === 1 ? 4 : 2;
}
