/** The parameters of a search and the values that were tried. */
import type { ParameterValue } from '../../domain/space/combination.js';
import type { ResultsOutline } from '../../domain/results/outline.js';
import type { Measured } from './points.js';
import { plain } from './text.js';

export interface Parameter {
  readonly name: string;
  /** What was tried, smallest first where they are numbers. */
  readonly values: readonly ParameterValue[];
  /** All values are numbers, and many enough to be an axis of numbers. */
  readonly isNumeric: boolean;
}

/** More numbers than these are an axis instead of a list. */
const MOST_LISTED = 8;

/** In the order of the task where that is known; those that were tried with a single value are left out. */
export function parametersOf(results: ResultsOutline): Parameter[] {
  const names = new Set<string>();
  const values = new Map<string, Map<string, ParameterValue>>();
  for (const { parameters } of results.all_results) {
    for (const [name, value] of Object.entries(parameters)) {
      names.add(name);
      const known = values.get(name) ?? new Map<string, ParameterValue>();
      if (!values.has(name)) values.set(name, known);
      known.set(keyOf(value), value);
    }
  }
  return [...names].flatMap((name): Parameter[] => {
    const own = [...(values.get(name)?.values() ?? [])];
    if (own.length < 2) return [];
    const isNumber = own.every((value) => typeof value === 'number');
    if (isNumber) own.sort((a, b) => Number(a) - Number(b));
    return [{ name, values: own, isNumeric: isNumber && own.length > MOST_LISTED }];
  });
}

/** Tells `1` from `"1"`. */
export function keyOf(value: ParameterValue | undefined): string {
  return JSON.stringify(value) ?? '';
}

/** Own properties only: a parameter may be called `constructor`. */
export function valueOf({ parameters }: Pick<Measured, 'parameters'>, name: string): ParameterValue | undefined {
  return Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}

/** Labels of a list of values; two values that look alike once shortened stay two. */
export function labelsOf(values: readonly ParameterValue[]): string[] {
  const labels = values.map((value) => plain(String(value), 24) || '""');
  return labels.map((label, i) => (labels.indexOf(label) === i ? label : `${label} (${i + 1})`));
}

/** Whether more than one order of magnitude lies between the values, so that a logarithmic axis shows them better. */
export function isWide(values: readonly ParameterValue[]): boolean {
  const numbers = values.filter((value) => typeof value === 'number');
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least > 0 && most / least >= 32;
}
