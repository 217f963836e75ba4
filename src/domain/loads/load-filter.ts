/** Loads by what they have in common, and how much each counts. */
import type { Load } from './load.js';

/** Which loads something is about: all that have one of the scenarios and one of the concurrencies or rates; what is absent leaves all. */
export interface LoadFilter {
  readonly scenario?: string | readonly string[] | undefined;
  readonly concurrency?: number | readonly number[] | undefined;
  readonly request_rate?: number | readonly number[] | undefined;
}

export interface LoadWeight extends LoadFilter {
  readonly weight: number;
}

export function isAbout({ scenario, concurrency, request_rate: rate }: LoadFilter, load: Load): boolean {
  return isOneOf(scenario, load.scenario) && isOneOf(concurrency, load.concurrency) && isOneOf(rate, load.request_rate);
}

/** The weight of a load: that of the first entry about it, 1 where there is none. */
export function weightOf(load: Load, weights: readonly LoadWeight[]): number {
  return weights.find((entry) => isAbout(entry, load))?.weight ?? 1;
}

/** `every load`, `D(100,100)`, `concurrency 4, 8`, `D(100,100) at 4`, `2, 4 req/s`. */
export function describeFilter({ scenario, concurrency, request_rate: rate }: LoadFilter = {}): string {
  const scenarios = listed(scenario);
  const rates = rate === undefined ? '' : `${listed(rate)} req/s`;
  const levels = [listed(concurrency), rates].filter((level) => level !== '').join(' and ');
  if (scenarios && levels) return `${scenarios} at ${levels}`;
  return scenarios || (levels && (rates ? levels : `concurrency ${levels}`)) || 'every load';
}

function isOneOf<T>(wanted: T | readonly T[] | undefined, value: T | undefined): boolean {
  return wanted === undefined || ([wanted].flat() as (T | undefined)[]).includes(value);
}

function listed(value: string | number | readonly (string | number)[] | undefined): string {
  return value === undefined ? '' : [value].flat().join(', ');
}
