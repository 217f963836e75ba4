/** From the lines of a log to the one that says why the engine failed. Pure. */
import { MEMORY_RULES, KILLED_CHILD_RULES } from './memory-rules.js';
import { EXCEPTION_RULES, RUN_RULES, RUN_SIGNS } from './run-rules.js';
import type { Phase, Rule } from './rule.js';
import { START_RULES, START_SIGNS, START_VERDICTS } from './start-rules.js';

/** Longer lines are cut before anything is matched: they are requests, arguments and progress bars. */
const MAX_LINE = 2000;

/** The stronger tier first; in one tier the earliest line counts, and on one line the first rule. */
const TIERS = {
  verdict: START_VERDICTS,
  cause: [...MEMORY_RULES, ...START_RULES, ...RUN_RULES],
  sign: [...KILLED_CHILD_RULES, ...START_SIGNS, ...RUN_SIGNS],
  exception: EXCEPTION_RULES,
} as const satisfies Record<string, readonly Rule[]>;

export type Tier = keyof typeof TIERS;
const ORDER: readonly Tier[] = ['verdict', 'cause', 'sign', 'exception'];

/** What a healthy engine writes, too: advice, fallbacks that work, and requests with the user's own words. */
const HARMLESS: readonly RegExp[] = [
  /\b(?:may|might|could|would|can|to avoid|to prevent|in case of|if you)\b.{0,80}\b(?:out of memory|OOM)\b/i,
  /failed to mlock/,
  /\bReceived request \S{1,100}: |\bReceive: obj=|\bFinish: obj=|\bserver_args=ServerArgs\(|non-default args: /,
  /ggml_cuda_init: failed to initialize/,
];

export interface Match {
  readonly rule: Rule;
  /** The index of its line. */
  readonly at: number;
}

export interface Cause extends Match {
  readonly tier: Tier;
}

/**
 * The cause that a log tells, or null. Engines report in chains: the process that fails first, then each one that waited for it, then
 * the clean-up, which may fail, too. So the first line of the strongest kind is the root, and the last line rarely is.
 */
export function findCause(lines: readonly string[], phase: Phase): Cause | null {
  const candidates = lines.map((line) => {
    const cut = line.slice(0, MAX_LINE);
    return HARMLESS.some((pattern) => pattern.test(cut)) ? '' : cut;
  });
  for (const tier of ORDER) {
    const rules: readonly Rule[] = TIERS[tier];
    const match = firstMatch(
      candidates,
      rules.filter((rule) => phase === 'start' || !rule.startOnly)
    );
    if (match) return { ...match, tier };
  }
  return null;
}

/** The earliest line that one of the rules matches. */
export function firstMatch(lines: readonly string[], rules: readonly Rule[]): Match | null {
  for (const [at, line] of lines.entries()) {
    const cut = line.slice(0, MAX_LINE);
    const rule = rules.find(({ pattern }) => pattern.test(cut));
    if (rule) return { rule, at };
  }
  return null;
}
