/**
 * A table of one case of bench/search.mjs.
 *
 * @param one the case: title and settings
 * @param runs one per rival and seed: {rival, seed, hits: {lowest, finals, 'finals of 3', model?} (by the rule of choice), regret of the
 *   lowest (null when nothing worked), experiments, crashes, repeats, seconds[]}
 */
export function printSearch(one, runs) {
  if (runs.length === 0) return;
  const { title, combinations, crashes, noise, budget } = one;
  const settings = combinations
    ? `${combinations} combinations, ${100 * crashes} % crash, ${100 * noise} % noise, ${budget} experiments`
    : `${budget} experiments, a third of all`;
  const seeds = new Set(runs.map(({ seed }) => seed)).size;
  console.log(`\n${title}: ${settings}, ${seeds} seeds. Within 5 % of the best, by the choice of`);
  const row = (cells) => console.log(cells.map((cell, i) => (i ? cell.padStart(17) : cell.padEnd(16))).join(''));
  row([
    '',
    'lowest score',
    '95 % interval',
    'by model',
    'after finals',
    '95 % interval',
    'finals of 3',
    'regret median',
    'regret p90',
    'lost to crashes',
    'repeated',
    'ms/suggestion',
  ]);
  for (const rival of new Set(runs.map((run) => run.rival))) {
    const own = runs.filter((run) => run.rival === rival);
    const regrets = own.map(({ regret }) => regret ?? Infinity);
    const share = (key) => sum(own.map((run) => run[key])) / sum(own.map(({ experiments }) => experiments));
    const hits = (rule) => own.filter((run) => run.hits[rule]).length;
    const withInterval = (rule) => {
      const [low, high] = wilson(hits(rule), own.length);
      return [percent(hits(rule) / own.length), `${percent(low)} - ${percent(high)}`];
    };
    const hasModel = own.some((run) => 'model' in run.hits);
    row([
      rival,
      ...withInterval('lowest'),
      hasModel ? percent(hits('model') / own.length) : '-',
      ...withInterval('finals'),
      percent(hits('finals of 3') / own.length),
      percent(quantile(regrets, 0.5)),
      percent(quantile(regrets, 0.9)),
      percent(share('crashes')),
      percent(share('repeats')),
      (
        1000 *
        quantile(
          own.flatMap(({ seconds }) => seconds),
          0.5
        )
      ).toFixed(1),
    ]);
  }
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const percent = (share) => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : 'none');

function quantile(numbers, q) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
}

/** The interval of a share: how much of it the choice of seeds could explain (Wilson 1927). */
function wilson(hits, runs) {
  const z = 1.96;
  const center = (hits + (z * z) / 2) / (runs + z * z);
  const half = (z / (runs + z * z)) * Math.sqrt((hits * (runs - hits)) / runs + (z * z) / 4);
  return [center - half, center + half];
}
