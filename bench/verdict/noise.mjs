/** What a measurement on a fresh start differs by from the truth, as a logarithm. */
import { readdir, readFile } from 'node:fs/promises';
import { normal, student } from './random.mjs';

/** Each makes the noise of one tune: a function that is asked once per measurement, in their order, with whose it is. */
export const SYNTHETIC = {
  normal: (deviation) => (random) => () => deviation * normal(random),
  // The requests of one start, and each start's own luck: memory placement, compilation, clocks.
  'between starts': (deviation) => (random) => () =>
    deviation * (0.8 * normal(random) + 0.6 * (random() < 0.1 ? 3 : -1 / 3)),
  'heavy tails': (deviation) => (random) => () => deviation * student(random, 3),
  'baseline twice as noisy': (deviation) => (random) => (of) => deviation * (of === 0 ? 2 : 1) * normal(random),
  // The machine warms up, and something else on it comes and goes.
  drift: (deviation) => (random) => {
    let wander = 0;
    let count = 0;
    return () => {
      wander = 0.9 * wander + 0.5 * deviation * normal(random);
      return 0.8 * deviation * normal(random) + wander - 2 * deviation * Math.exp(-count++ / 8);
    };
  },
};

/**
 * Recordings of A/A tunes: the scores in the order of their starts, resampled in runs of neighbours, so that drift stays.
 * @returns by the recording's name.
 */
export async function recordedNoise(folder) {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const recordings = {};
  for (const name of names) {
    const { scores } = JSON.parse(await readFile(new URL(name, folder), 'utf8'));
    const levels = scores.map((score) => Math.log(Math.abs(score)));
    const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
    recordings[`recorded: ${name.replace('.json', '')}`] = (random) =>
      neighbours(
        levels.map((level) => level - mean),
        random
      );
  }
  return recordings;
}

const RUN = 5;

function neighbours(levels, random) {
  let at = 0;
  let left = 0;
  return () => {
    if (left-- === 0) {
      at = Math.floor(random() * levels.length);
      left = RUN - 1;
    }
    return levels[at++ % levels.length];
  };
}
