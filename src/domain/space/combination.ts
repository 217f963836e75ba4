/** The value of one parameter. Numbers are finite. */
export type ParameterValue = string | number | boolean;

/** One value for every parameter of the search space. */
export type Combination = Readonly<Record<string, ParameterValue>>;

/** A stable key: equal combinations have equal keys, whatever the order of their parameters. */
export function combinationKey(combination: Combination): string {
  return JSON.stringify(Object.entries(combination).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** `threads=2 parallel=4`, as shown to people. */
export function describeCombination(combination: Combination): string {
  const parts = Object.entries(combination).map(([name, value]) => `${name}=${value}`);
  return parts.length > 0 ? parts.join(' ') : '(no parameters)';
}
