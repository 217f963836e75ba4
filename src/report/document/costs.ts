/** What a configuration costs to run, and what the tune has cost. */
import { describeAmounts } from '../../domain/budget/words.js';
import type { ExperimentResult, ResultsFile } from '../../domain/results/tune-result.js';
import { count, sentences } from '../charts/text.js';

/** Price per hour and per million output tokens at the load that gave the most; empty where the task has no cost. */
export function costWords({ ran, spent }: ResultsFile, { accelerators, loads }: ExperimentResult): string {
  if (accelerators === undefined) return '';
  const { price_per_accelerator_hour: price } = ran;
  const much = `It takes ${count(accelerators, 'accelerator')}`;
  if (price === undefined) return `${much}.`;
  const currency = spent.currency ?? '';
  const hourly = price * accelerators;
  const rate = Math.max(0, ...loads.map((load) => load.output_tokens_per_s));
  const million = rate > 0 ? (hourly / 3600 / rate) * 1e6 : null;
  return sentences(
    `${much}, which is ${hourly.toPrecision(3)} ${currency} an hour.`,
    million !== null &&
      `At the load that gave the most, a million output tokens cost ${million.toPrecision(3)} ${currency}.`
  );
}

/** `14 experiments, 1 h, 3 accelerator-hours`. */
export function spentWords({ spent }: ResultsFile): string {
  const { currency = '', budget, ...amounts } = spent;
  const limit = budget ? ` Its budget was ${describeAmounts(budget, currency)}.` : '';
  return `The tune took ${describeAmounts(amounts, currency)}.${limit}`;
}
