/** What a tune uses up, in the words of the task's `budget`. docs/budget.md explains them. */

/** `experiments`: of any role. `wall_time`: seconds. `accelerator_hours`: accelerators times hours. `money`: in the currency of `cost`. */
export const RESOURCES = ['experiments', 'wall_time', 'accelerator_hours', 'money'] as const;
export type Resource = (typeof RESOURCES)[number];

/** An amount of each resource; absent where nobody counts it: accelerators without a `cost`, money without a price. */
export type Amounts = Readonly<Partial<Record<Resource, number | undefined>>>;

/** Accelerator-hours, and what they cost, from accelerators times seconds. @param price of an hour; null where there is none. */
export function hoursAndMoney(acceleratorSeconds: number, price: number | null): Amounts {
  const hours = acceleratorSeconds / 3600;
  return { accelerator_hours: hours, ...(price === null ? {} : { money: hours * price }) };
}
