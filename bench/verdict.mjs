#!/usr/bin/env node
/**
 * Whether verdicts can be trusted, and what they cost. Thousands of tunes are simulated with the rules of the real ones: a search of
 * 30 noisy candidates chooses the finalists. In A/A tunes no candidate differs from the baseline, so that every claim of a gain is
 * false. Noise is synthetic, and recorded by A/A tunes of real engines (bench/verdict/recorded).
 *
 * Usage: npm run bench:verdict -- [--tunes 2000] [--finalists 2] [--min 3] [--max 10] [--noise 3]
 */
import { parseArgs } from 'node:util';
import { taskSchema } from '../dist/domain/task/task.schema.js';
import { recordedNoise, SYNTHETIC } from './verdict/noise.mjs';
import { uniform } from './verdict/random.mjs';
import { simulateTune } from './verdict/simulate.mjs';

const CANDIDATES = 30;
const usual = taskSchema.shape.verification.parse({});
const { values } = parseArgs({
  options: {
    tunes: { type: 'string', default: '2000' },
    finalists: { type: 'string', default: String(usual.finalists) },
    min: { type: 'string', default: String(usual.rounds.min) },
    max: { type: 'string', default: String(usual.rounds.max) },
    noise: { type: 'string', default: '3' },
  },
});
const tunes = Number(values.tunes);
const deviation = Number(values.noise) / 100;
const settings = {
  ...{ hasBaseline: true, finalists: Number(values.finalists), confidence: usual.confidence, starts: null },
  rounds: { min: Number(values.min), max: Number(values.max) },
};
const { finalists, rounds, confidence } = settings;
console.log(
  `${tunes} tunes per line; ${finalists} finalists, ${rounds.min} to ${rounds.max} rounds, confidence ${confidence}`
);

const share = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
const row = (name, ...cells) =>
  console.log(`  ${name.padEnd(34)}${cells.map((cell) => String(cell).padStart(11)).join('')}`);

/** @param landscape (random) => true gains of the candidates */
function simulate(noise, landscape) {
  const sum = { gains: 0, false: 0, told: 0, covered: 0, measurements: 0, rounds: 0 };
  for (let seed = 1; seed <= tunes; seed++) {
    const random = uniform(seed);
    const { verdict, truth } = simulateTune(settings, landscape(random), noise(random));
    if (verdict.kind === 'gain') sum[truth > 0 ? 'gains' : 'false']++;
    if (verdict.gain) {
      sum.told++;
      if (verdict.gain.low <= truth && truth <= verdict.gain.high) sum.covered++;
    }
    sum.measurements += verdict.measurements;
    sum.rounds += verdict.rounds;
  }
  return sum;
}

const print = (name, { gains, told, covered, measurements, rounds: done, ...sum }) =>
  row(
    name,
    share(gains, tunes),
    share(sum.false, tunes),
    share(covered, told),
    (measurements / tunes).toFixed(1),
    (done / tunes).toFixed(1)
  );

const started = performance.now();
console.log('\nA/A: no candidate differs from the baseline');
row('noise', 'found', 'false', 'covered', 'measured', 'rounds');
const nothing = () => Array(CANDIDATES).fill(0);
const kinds = Object.fromEntries(
  Object.entries(SYNTHETIC).map(([name, of]) => [`${name}, ${values.noise} %`, of(deviation)])
);
const recorded = await recordedNoise(new URL('./verdict/recorded/', import.meta.url)).catch(() => ({}));
if (Object.keys(recorded).length === 0) console.log('  (nothing recorded in bench/verdict/recorded)');
let worst = 0;
for (const [name, noise] of Object.entries({ ...kinds, ...recorded })) {
  const sum = simulate(noise, nothing);
  worst = Math.max(worst, sum.false / tunes);
  print(name, sum);
}

/** How the candidates of a search lie when the best of them has this gain (as a logarithm). */
const LANDSCAPES = {
  // The parameter that matters has a few values; the others hardly matter.
  'a sixth has it': (gain) => (random) =>
    Array.from({ length: CANDIDATES }, (_, i) => (i < CANDIDATES / 6 ? gain : gain - 0.05 - 0.4 * random())),
  // From the best down to 40 % worse, evenly.
  'a slope': (gain) => () => Array.from({ length: CANDIDATES }, (_, i) => gain - (0.4 * i) / (CANDIDATES - 1)),
  // The hardest: one has it, and the others are equal to the baseline.
  'one alone has it': (gain) => () => Array.from({ length: CANDIDATES }, (_, i) => (i === 0 ? gain : 0)),
};
let power = 1;
for (const [name, landscape] of Object.entries(LANDSCAPES)) {
  console.log(`\na true gain, normal noise of ${values.noise} %: ${name}`);
  row('gain', 'found', 'false', 'covered', 'measured', 'rounds');
  for (const percent of [2, 5, 10, 20, 50]) {
    const sum = simulate(SYNTHETIC.normal(deviation), landscape(-Math.log1p(-percent / 100)));
    if (percent === 5 && name === 'a sixth has it') power = sum.gains / tunes;
    print(`${percent} %`, sum);
  }
}
console.log(`\n${((performance.now() - started) / 1000).toFixed(1)} s`);
const isGood = worst <= 0.05 && power >= 0.8;
console.log(
  `${isGood ? 'holds' : 'DOES NOT HOLD'}: at most 5 % of A/A tunes claim a gain (worst ${share(worst, 1)}); a gain of 5 % is found in at least 80 % (${share(power, 1)})`
);
process.exitCode = isGood ? 0 : 1;
