/** Amounts for people. */
import { formatDuration } from '../duration.js';
import type { Range } from './estimate.js';
import type { Forecast } from './forecast.js';
import { RESOURCES, type Amounts, type Resource } from './resources.js';

/** `14 experiments`, `1 h 57 min`, `3.1 accelerator-hours`, `7.75 EUR`. */
export function describeAmount(resource: Resource, amount: number, currency: string): string {
  switch (resource) {
    case 'experiments':
      return `${Math.round(amount)} ${Math.round(amount) === 1 ? 'experiment' : 'experiments'}`;
    case 'wall_time':
      return formatDuration(amount);
    case 'accelerator_hours':
      return `${digits(amount)} accelerator-hours`;
    case 'money':
      return `${amount > 0 && amount < 0.01 ? digits(amount) : amount.toFixed(2)} ${currency}`.trim();
  }
}

/** All that there are, in the order of the words. */
export function describeAmounts(amounts: Amounts, currency: string): string {
  const parts = RESOURCES.flatMap((resource) => {
    const amount = amounts[resource];
    return amount === undefined ? [] : [describeAmount(resource, amount, currency)];
  });
  return parts.join(', ');
}

/** `about 1 h 8 min (55 min to 1 h 40 min)`; the amount alone where nothing is open. */
export function describeRange(resource: Resource, { low, mid, high }: Range, currency: string): string {
  const [from, about, to] = [low, mid, high].map((amount) => describeAmount(resource, amount, currency)) as [
    string,
    string,
    string,
  ];
  return from === to ? about : `about ${about} (${from} to ${to})`;
}

/** `about 41 experiments (33 to 54 experiments), about 1 h 8 min (55 min to 1 h 40 min)`. */
export function describeForecast(
  { basis, total }: Forecast,
  currency: string,
  resources: readonly Resource[] = RESOURCES
): string {
  const parts = resources.flatMap((resource) => {
    const range = total[resource];
    if (!range) return [];
    return basis === 'experiments'
      ? [describeRange(resource, range, currency)]
      : [`at most ${describeAmount(resource, range.high, currency)}`];
  });
  return parts.join(', ') + (basis === 'experiments' ? '' : ', if every experiment uses up its time limits');
}

function digits(amount: number): string {
  return amount >= 100 ? amount.toFixed(0) : String(Number(amount.toPrecision(2)));
}
