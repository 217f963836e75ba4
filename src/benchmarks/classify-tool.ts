/** Why the benchmark tool failed, from its log: for every runner the same. */
import { excerpt } from '../backends/classify/excerpt.js';
import { firstMatch } from '../backends/classify/find-cause.js';
import type { Rule } from '../backends/classify/rule.js';
import type { FailureCode } from '../domain/failures.js';

const tokenizer = (pattern: RegExp): Rule => ({
  code: 'TOKENIZER_NOT_FOUND',
  says: 'it could not load the tokenizer',
  pattern,
});
const tool = (says: string, pattern: RegExp): Rule => ({ code: 'BENCHMARK_FAILED', says, pattern });

/** The stronger first. The tokenizer is all that the tool looks for on a hub: its data set comes with it. */
const TIERS: readonly (readonly Rule[])[] = [
  [
    tokenizer(/Can't load (?:the )?tokenizer|Couldn't instantiate the backend tokenizer/),
    tokenizer(/\b(?:GatedRepo|RepositoryNotFound|HFValidation|LocalEntryNotFound)Error\b|access a gated repo/),
    tokenizer(/TokenizerError: |Failed to load tokenizer '/),
    tokenizer(/is not a valid model identifier|We couldn't connect to 'https?:/),
    tokenizer(/tokenizer\S{0,200} .{0,200}\b(?:not found|does not exist|No such file)|No such file .{0,200}tokenizer/),
  ],
  [tool('it refused its arguments', /^(?:Error|Usage error): /)],
  // genai-bench 0.0.5 ends so where no request has ended well: the sheet that it makes of a load has a heading and no rows.
  [
    {
      code: 'LOAD_FAILED',
      says: 'there is nothing to make a table of',
      pattern: /^\s*ValueError: 1 must be greater than 2\s*$/,
    },
  ],
  // aiperf tells its errors in a box.
  [tool('it ended', /^│ +Reason: \S/), tool('it refused its settings', /^│ [A-Z][^│]{10,}│?$/)],
  [tool('an exception', /^(?:[A-Za-z_]\w{0,60}\.){0,6}[A-Z]\w{0,60}(?:Error|Exception)(?:: |$)/)],
];

/** What the tool's log says. */
export interface ToolFailure {
  readonly code: FailureCode;
  /** In a sentence, with the line that shows it; null when the log does not tell. */
  readonly why: string | null;
  readonly evidence: readonly string[];
}

export function classifyTool(lines: readonly string[]): ToolFailure {
  for (const rules of TIERS) {
    const found = firstMatch(lines, rules);
    if (!found) continue;
    const why = `${found.rule.says}: ${lines[found.at]?.trim().slice(0, 300)}`;
    return { code: found.rule.code, why, evidence: excerpt(lines, found.at) };
  }
  return { code: 'BENCHMARK_FAILED', why: null, evidence: excerpt(lines, null) };
}
