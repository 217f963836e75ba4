import type { ParameterValue } from '../../space/combination.js';
import type { GuideEngine, GuideWarning } from '../guide.schema.js';
import { guideParameter } from '../guides.js';
import type { Pair, Setting } from '../settings.js';
import type { RuleInput } from '../rule.js';
import { numberOf } from './values.js';

interface PairRule {
  readonly id: string;
  readonly level: GuideWarning['level'];
  /** Canonical names of the guide. */
  readonly names: readonly [string, string];
  readonly holds: (one: ParameterValue, other: ParameterValue) => boolean;
  readonly words: (one: string, other: string) => string;
  /** A constraint that would keep such combinations out, in the task's own names. */
  readonly constraint: ((one: string, other: string) => string) | null;
}

/** f16, bf16 and f32 are not quantized. */
const UNQUANTIZED = /^b?f\d+$/;

const PAIRS: Readonly<Record<GuideEngine, readonly PairRule[]>> = {
  sglang: [
    {
      id: 'chunk-not-a-multiple-of-page',
      level: 'danger',
      names: ['chunked_prefill_size', 'page_size'],
      holds: numbers((chunk, page) => chunk > 0 && page > 0 && chunk % page !== 0),
      words: (chunk, page) =>
        `SGLang does not start with ${chunk} and ${page}: the former has to be a multiple of the latter`,
      constraint: (chunk, page) => `${chunk} % ${page} == 0`,
    },
  ],
  vllm: [
    {
      id: 'fewer-tokens-than-sequences',
      level: 'danger',
      names: ['max_num_batched_tokens', 'max_num_seqs'],
      holds: numbers((tokens, sequences) => tokens < sequences),
      words: (tokens, sequences) =>
        `vLLM does not start with ${tokens} and ${sequences}: the former must not be smaller`,
      constraint: (tokens, sequences) => `${tokens} >= ${sequences}`,
    },
  ],
  'llama.cpp': [
    {
      id: 'quantized-values-without-flash-attention',
      level: 'danger',
      names: ['cache_type_v', 'flash_attn'],
      holds: (type, flash) => !UNQUANTIZED.test(String(type)) && (flash === false || flash === 'off'),
      words: (type, flash) =>
        `llama.cpp does not start with ${type} and ${flash}: a quantized V cache needs flash attention`,
      constraint: null,
    },
    {
      id: 'micro-batch-above-batch',
      level: 'note',
      names: ['ubatch_size', 'batch_size'],
      holds: numbers((micro, batch) => micro > batch),
      words: (micro, batch) =>
        `${micro} is cut down to ${batch}: such combinations are measured twice under different names`,
      constraint: (micro, batch) => `${micro} <= ${batch}`,
    },
  ],
};

/** Two settings that do not go together in some combination. */
export function checkPairs({ guide, settings }: RuleInput): GuideWarning[] {
  return PAIRS[guide.engine].flatMap(({ id, level, names, holds, words, constraint }) => {
    const one = settings.find(...namesOf(guide, names[0]));
    const other = settings.find(...namesOf(guide, names[1]));
    const found = one && other && settings.mayHave(one, other, holds);
    if (!found) return [];
    const advice = constraint && one.isSearched && other.isSearched ? adviceOf(constraint(one.name, other.name)) : '';
    const source = guideParameter(guide, names[0])?.sources.at(-1)?.url ?? null;
    return [{ id, level, parameter: one.name, words: words(...shown([one, other], found)) + advice, source }];
  });
}

function adviceOf(constraint: string): string {
  // A name with a dash is none in the language of constraints.
  return constraint.includes('-') ? '' : `; the constraint "${constraint}" keeps them out`;
}

function shown([one, other]: readonly [Setting, Setting], [a, b]: Pair): [string, string] {
  return [`${one.name} ${a}`, `${other.name} ${b}`];
}

export function namesOf(guide: RuleInput['guide'], canonical: string): readonly string[] {
  return guideParameter(guide, canonical)?.names ?? [canonical];
}

function numbers(holds: (one: number, other: number) => boolean): PairRule['holds'] {
  return (one, other) => {
    const [a, b] = [numberOf(one), numberOf(other)];
    return a !== null && b !== null && holds(a, b);
  };
}
