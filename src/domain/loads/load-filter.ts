/** Loads by what they have in common, and how much each counts. */
import type { Load } from './measurement.js';

/** Which loads something is about: all that have one of the scenarios and one of the concurrencies; what is absent leaves all. */
export interface LoadFilter {
  readonly scenario?: string | readonly string[] | undefined;
  readonly concurrency?: number | readonly number[] | undefined;
}

export interface LoadWeight extends LoadFilter {
  readonly weight: number;
}

export function isAbout({ scenario, concurrency }: LoadFilter, load: Load): boolean {
  return isOneOf(scenario, load.scenario) && isOneOf(concurrency, load.concurrency);
}

/** The weight of a load: that of the first entry about it, 1 where there is none. */
export function weightOf(load: Load, weights: readonly LoadWeight[]): number {
  return weights.find((entry) => isAbout(entry, load))?.weight ?? 1;
}

/** `every load`, `D(100,100)`, `concurrency 4, 8`, `D(100,100) at 4`. */
export function describeFilter({ scenario, concurrency }: LoadFilter = {}): string {
  const scenarios = listed(scenario);
  const concurrencies = listed(concurrency);
  if (scenarios && concurrencies) return `${scenarios} at ${concurrencies}`;
  return scenarios || (concurrencies && `concurrency ${concurrencies}`) || 'every load';
}

function isOneOf<T>(wanted: T | readonly T[] | undefined, value: T): boolean {
  return wanted === undefined || (Array.isArray(wanted) ? wanted.includes(value) : wanted === value);
}

function listed(value: string | number | readonly (string | number)[] | undefined): string {
  return value === undefined ? '' : [value].flat().join(', ');
}
