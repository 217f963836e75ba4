/** What a tune has used, and what it will: for the status, the live view and the plan. */
import type { TuneProgress } from '../../client/index.js';
import { describeEnd } from '../../domain/budget/ended.js';
import type { Spending } from '../../domain/budget/forecast.js';
import { RESOURCES } from '../../domain/budget/resources.js';
import { describeAmount, describeAmounts, describeForecast } from '../../domain/budget/words.js';
import { finishedCount } from '../../domain/tuning/tuning-state.js';

/** Spent, forecast and limit, and why it ended if it has. */
export function describeSpending(spending: Spending, { ended, plan, state }: TuneProgress): string[] {
  const { spent, limits, forecast, currency } = spending;
  const budget = describeAmounts(limits, currency);
  return [
    `spent     ${describeAmounts(spent, currency)}`,
    ...(forecast ? [`forecast  ${describeForecast(forecast, currency)}`] : []),
    ...(budget ? [`budget    ${budget}`] : []),
    ...(ended && plan ? [`ended     ${describeEnd(ended, plan, finishedCount(state))}`] : []),
  ];
}

/** One line for the live view: time, money or accelerators, and what the budget limits; empty when the tune is over. */
export function describeOutlook({ limits, forecast, currency, spent }: Spending): string {
  if (!forecast) return '';
  const shown = RESOURCES.filter(
    (resource) =>
      limits[resource] !== undefined || resource === 'wall_time' || (resource === 'money' && spent.money !== undefined)
  );
  const budget = describeAmounts(limits, currency);
  const used = spent.money === undefined ? '' : `${describeAmount('money', spent.money, currency)} spent; `;
  return `${used}in all ${describeForecast(forecast, currency, shown)}${budget ? `; budget ${budget}` : ''}`;
}
