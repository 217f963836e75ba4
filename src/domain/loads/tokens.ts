/** The lengths in genai-bench's scenario grammar. */

/**
 * How many tokens the longest request of a scenario has, prompt and answer together, without the few of a chat template. Of a normal
 * distribution it is the mean: half of its requests are longer. 0 where the scenario does not say.
 */
export function mostTokens(scenario: string): number {
  const [kind = '', ...groups] = scenario.split(/[()]+\/?/).filter(Boolean);
  const numbers = groups.map((group) => group.split(',').map(Number));
  const [first = [], second] = numbers;
  if (kind === 'D' || kind === 'E') return sum(first);
  if (kind === 'N') return (first[0] ?? 0) + (second?.[0] ?? 0);
  if (kind === 'U') return second ? Math.max(0, ...first) + Math.max(0, ...second) : sum(first);
  return 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
