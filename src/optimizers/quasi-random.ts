import type { SearchSpace } from '../domain/space/search-space.js';
import { permutation, shuffled } from './random.js';
import type { Optimizer } from './types.js';
import { walk, type Order } from './walk.js';

/** Points of the sequence per combination, after which few new ones come: chance finds the rest. */
const ROUNDS = 3;
/** The most points of the sequence: to know what is new, it is gone through from its beginning each time. */
const MOST_POINTS = 20_000;

/**
 * Spread over the space more evenly than chance does it: a Halton sequence, a prime base for each parameter, with digits that the
 * seed shuffles (Braaten and Weller 1979, "An improved low-discrepancy sequence for multidimensional quasi-Monte Carlo
 * integration"). A point that falls on an earlier one's combination is passed over; what the sequence leaves out comes at the end,
 * in random order.
 */
export const quasiRandomSearch: Optimizer = {
  suggest: async (request) => walk(request, haltonThenRest(request.space, request.seed)),
};

function haltonThenRest(space: SearchSpace, seed: number): Order {
  const points = Math.min(space.size * ROUNDS, MOST_POINTS);
  const halton = haltonSequence(space, seed);
  const rest = shuffled(space, seed);
  const firstAt = new Map<number, number>();
  let known = 0;
  const learnUntil = (position: number): void => {
    for (; known < position; known++) {
      const index = halton(known);
      if (!firstAt.has(index)) firstAt.set(index, known);
    }
  };
  return {
    length: points + space.size,
    at(position) {
      learnUntil(Math.min(points, position + 1));
      const index = position < points ? halton(position) : (rest.at(position - points) as number);
      const first = firstAt.get(index);
      return first === undefined || first === position ? index : null;
    },
  };
}

/** From a position in the sequence to a combination's number. */
function haltonSequence({ axes }: SearchSpace, seed: number): (position: number) => number {
  const radicals = primes(axes.length).map((base, i) => scrambledRadicalInverse(base, seed + i * 7919));
  return (position) =>
    axes.reduce((index, { size }, i) => index * size + Math.floor((radicals[i]?.(position) ?? 0) * size), 0);
}

/** The digits of a number, each shuffled, mirrored at the point: from 0 to below 1. */
function scrambledRadicalInverse(base: number, seed: number): (position: number) => number {
  const digits = Math.max(1, Math.ceil(Math.log(MOST_POINTS) / Math.log(base)));
  const shuffles = Array.from({ length: digits }, (_, digit) => {
    const order = permutation(base, seed + digit * 104_729);
    return Array.from({ length: base }, (__, i) => order(i));
  });
  return (position) => {
    let value = 0;
    let scale = 1;
    let left = position;
    for (const shuffle of shuffles) {
      scale /= base;
      value += (shuffle[left % base] ?? 0) * scale;
      left = Math.floor(left / base);
    }
    return Math.min(value, 1 - Number.EPSILON);
  };
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let next = 2; found.length < count; next++) if (found.every((prime) => next % prime !== 0)) found.push(next);
  return found;
}
