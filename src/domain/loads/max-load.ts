/** The search for the highest concurrency at which every SLO holds. Pure: what to try next follows from what was tried. */

/** Where to search. */
export interface ProbeRange {
  readonly min: number;
  readonly max: number;
  /** The answer may be this much too low, relative to itself. */
  readonly tolerance: number;
}

/** One concurrency that was tried. */
export interface Probe {
  readonly concurrency: number;
  readonly holds: boolean;
}

export type Search =
  /** What is known: `atLeast` holds (min - 1: nothing does yet), `below` does not (max + 1: nothing that was tried). */
  | { readonly next: number; readonly reason: string; readonly atLeast: number; readonly below: number }
  | { readonly answer: number | null };

/** Neighbours that are measured again; one flaw in the engine's behaviour can be mended, endless ones not. */
const MOST_VERIFICATIONS = 2;

/**
 * Bisection, towards the geometric middle, since loads differ by factors rather than by amounts, as far as the number of probes
 * allows. What ended the search, the nearest higher concurrency at which the SLOs did not hold, is measured a second time: one hiccup
 * on the way must not halve the answer. Should it hold then, the search goes on above it. Of two probes of the same concurrency the
 * later one counts.
 *
 * A threshold among n values is found with at most ceil(log2(n)) + 2 probes.
 */
export function searchMaxLoad(range: ProbeRange, probes: readonly Probe[]): Search {
  const { min, max } = range;
  const verdicts = new Map(probes.map(({ concurrency, holds }) => [concurrency, holds]));
  const below = Math.min(max + 1, ...[...verdicts].filter(([, holds]) => !holds).map(([concurrency]) => concurrency));
  const held = [...verdicts].filter(([concurrency, holds]) => holds && concurrency < below);
  const atLeast = Math.max(min - 1, ...held.map(([concurrency]) => concurrency));
  const known = { atLeast, below };

  if (below - atLeast > resolution(range, atLeast)) {
    const next = middle(range, known, probes.length);
    return { ...known, next, reason: `between ${atLeast} and ${below}` };
  }
  const verified = probes.length - verdicts.size;
  const again = probes.filter(({ concurrency }) => concurrency === below).length;
  if (below <= max && again === 1 && verified < MOST_VERIFICATIONS)
    return { ...known, next: below, reason: `${below} again: it decides` };
  return { answer: atLeast >= min ? atLeast : null };
}

/** The most probes that it ever takes: each verification may turn over what was found, and begin another search. */
export function mostProbes({ min, max }: Pick<ProbeRange, 'min' | 'max'>): number {
  return (1 + MOST_VERIFICATIONS) * (Math.ceil(Math.log2(max - min + 1)) + 2);
}

/** How far above what holds the answer may be; as long as nothing holds, the lowest is still to be tried. */
function resolution({ min, tolerance }: ProbeRange, atLeast: number): number {
  return atLeast < min ? 1 : Math.max(1, Math.floor(tolerance * atLeast));
}

function middle(
  range: ProbeRange,
  { atLeast, below }: { readonly atLeast: number; readonly below: number },
  used: number
): number {
  const { min, max } = range;
  if (atLeast < min && below - min <= resolution(range, min)) return min;
  const needed = (from: number, to: number): number =>
    Math.max(0, Math.ceil(Math.log2((to - from) / resolution(range, from))));
  const budget = Math.max(needed(atLeast, below), Math.ceil(Math.log2(max - min + 1)) + 1 - used);
  const geometric = Math.round(Math.sqrt(Math.max(atLeast, min) * below));
  const inside = Math.min(Math.max(geometric, atLeast + 1), below - 1);
  const left = Math.max(needed(atLeast, inside), needed(inside, below));
  return left < budget ? inside : atLeast + Math.ceil((below - atLeast) / 2);
}
