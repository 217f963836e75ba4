import type { SearchSpace } from '../domain/space/search-space.js';
import type { Optimizer } from './types.js';
import { walk, type Order } from './walk.js';

const ROUNDS = 6;

/**
 * Every combination in an order that the seed shuffles: drawn without repetition and without remembering what was drawn. The
 * order is a Feistel network over the smallest even number of bits that covers the space; numbers outside it are enciphered again
 * until they fall inside (cycle walking, Black and Rogaway 2002, "Ciphers with Arbitrary Finite Domains").
 */
export const randomSearch: Optimizer = {
  suggest: async (request) => walk(request, shuffled(request.space, request.seed)),
};

/** The whole space, shuffled by the seed. */
export function shuffled({ size }: SearchSpace, seed: number): Order {
  return { length: size, at: permutation(size, seed) };
}

/** A bijection of 0..size-1 on itself, chosen by the seed. */
export function permutation(size: number, seed: number): (index: number) => number {
  const halfBits = Math.max(1, Math.ceil(Math.log2(Math.max(2, size)) / 2));
  const half = 2 ** halfBits;
  return (index) => {
    // Two halves throughout: put together they may need one bit more than a number holds exactly, while they are outside.
    let left = Math.floor(index / half);
    let right = index % half;
    do {
      for (let round = 0; round < ROUNDS; round++) [left, right] = [right, (left + mix(right, round, seed)) % half];
    } while (left * half + right >= size);
    return left * half + right;
  };
}

/** A 32-bit hash of the round's input (the finalizer of MurmurHash3). */
function mix(value: number, round: number, seed: number): number {
  let h = (value ^ Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(round + 1, 0x85ebca6b)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
