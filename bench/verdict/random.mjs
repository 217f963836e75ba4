/** Random numbers with a seed, so that a figure can be had again. */

/** Uniform in (0, 1). mulberry32, by Tommy Ettinger, public domain. */
export function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return (((value ^ (value >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Standard normal, by Box and Muller. */
export function normal(random) {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

/** Student's t with these degrees of freedom, scaled to a standard deviation of 1. */
export function student(random, degrees) {
  let squares = 0;
  for (let i = 0; i < degrees; i++) squares += normal(random) ** 2;
  return (normal(random) / Math.sqrt(squares / degrees)) * Math.sqrt((degrees - 2) / degrees);
}
