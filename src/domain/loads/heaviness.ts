import { levelOf, type Load } from './load.js';

/**
 * How much a load asks of an engine: the tokens of its concurrent requests, or those that come in a second. Loads are ordered by it,
 * lightest first, so that a limit that is missed on one will hardly hold on those after it.
 */
export function heaviness(load: Load): number {
  return levelOf(load) * Math.max(1, inputTokens(load.scenario) + outputTokens(load.scenario));
}

/** Mean tokens of a prompt in genai-bench's scenario grammar; 0 where the scenario does not say. */
export function inputTokens(scenario: string): number {
  return meanOf(scenario, 0);
}

function outputTokens(scenario: string): number {
  return meanOf(scenario, 1);
}

/** `D(in,out)`, `N(mean,stddev)/(mean,stddev)`, `U(min,max)/(min,max)`, `U(max in,max out)`, `E(in)`. */
function meanOf(scenario: string, part: 0 | 1): number {
  const [kind = '', ...groups] = scenario.split(/[()]+\/?/).filter(Boolean);
  const numbers = groups.map((group) => group.split(',').map(Number));
  if (kind === 'N') return numbers[part]?.[0] ?? 0;
  if (kind === 'U' && numbers.length === 2) return ((numbers[part]?.[0] ?? 0) + (numbers[part]?.[1] ?? 0)) / 2;
  if (kind === 'U') return (numbers[0]?.[part] ?? 0) / 2;
  return kind === 'D' || kind === 'E' ? (numbers[0]?.[part] ?? 0) : 0;
}
