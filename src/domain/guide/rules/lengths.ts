import { loadsOf } from '../../loads/load.js';
import { mostTokens } from '../../loads/tokens.js';
import type { ParameterValue } from '../../space/combination.js';
import type { GuideWarning } from '../guide.schema.js';
import { guideParameter } from '../guides.js';
import type { RuleInput } from '../rule.js';
import { namesOf } from './pairs.js';
import { numberOf } from './values.js';

/** What bounds the tokens of one request, by engine. */
const BOUNDS: Readonly<Record<string, readonly string[]>> = {
  sglang: ['context_length', 'max_total_tokens'],
  vllm: ['max_model_len'],
  'llama.cpp': ['ctx_size'],
};

/** Loads whose requests an engine would refuse or cut, since they are longer than it may take. */
export function checkLengths(input: RuleInput): GuideWarning[] {
  const longest = longestOf(input);
  if (!longest) return [];
  return [...checkWhole(input, longest), ...(input.guide.engine === 'llama.cpp' ? checkSlots(input, longest) : [])];
}

interface Longest {
  readonly scenario: string;
  readonly tokens: number;
}

function longestOf({ task }: RuleInput): Longest | null {
  const scenarios = loadsOf(task.benchmark).map(({ scenario }) => ({ scenario, tokens: mostTokens(scenario) }));
  const longest = scenarios.reduce<Longest | null>(
    (most, one) => (one.tokens > (most?.tokens ?? 0) ? one : most),
    null
  );
  return longest;
}

function checkWhole({ guide, settings }: RuleInput, { scenario, tokens }: Longest): GuideWarning[] {
  return (BOUNDS[guide.engine] ?? []).flatMap((canonical) => {
    const setting = settings.find(...namesOf(guide, canonical));
    if (!setting) return [];
    const short = settings.allowed(setting).filter((value) => isShorter(value, tokens));
    if (short.length === 0) return [];
    const words = `${setting.name} ${short[0]} is less than the ${tokens} tokens of ${scenario}: its requests are refused or cut`;
    const source = guideParameter(guide, canonical)?.sources[0]?.url ?? null;
    return [{ id: 'shorter-than-a-load', level: 'danger', parameter: setting.name, words, source } as const];
  });
}

/** llama.cpp divides the context over a given number of slots, unless they share it. */
function checkSlots({ guide, settings }: RuleInput, { scenario, tokens }: Longest): GuideWarning[] {
  const context = settings.find(...namesOf(guide, 'ctx_size'));
  const slots = settings.find(...namesOf(guide, 'parallel'));
  const shared = settings.find(...namesOf(guide, 'kv_unified'));
  if (!context || !slots || shared?.values.includes(true)) return [];
  const found = settings.mayHave(context, slots, (size, parallel) => {
    const [all, count] = [numberOf(size), numberOf(parallel)];
    return all !== null && count !== null && count > 1 && all >= tokens && isShorter(Math.floor(all / count), tokens);
  });
  if (!found) return [];
  const [size, parallel] = found.map((value) => numberOf(value) ?? NaN) as [number, number];
  const words =
    `${context.name} ${size} over ${slots.name} ${parallel} leaves ${Math.floor(size / parallel)} tokens for each request, ` +
    `and one of ${scenario} has ${tokens}: it is refused or cut`;
  return [
    {
      ...{ id: 'slot-shorter-than-a-load', level: 'danger', parameter: context.name, words },
      source: guideParameter(guide, 'ctx_size')?.sources[0]?.url ?? null,
    },
  ];
}

/** 0 and -1 leave it to the engine. */
function isShorter(value: ParameterValue, tokens: number): boolean {
  const number = numberOf(value);
  return number !== null && number > 0 && number < tokens;
}
