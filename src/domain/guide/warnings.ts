import type { TuningTask } from '../task/task.schema.js';
import { WARNING_LEVELS, type GuideWarning } from './guide.schema.js';
import { guideOf } from './guides.js';
import type { Rule } from './rule.js';
import { checkLengths } from './rules/lengths.js';
import { checkNames } from './rules/names.js';
import { checkPairs } from './rules/pairs.js';
import { checkSwitches } from './rules/switches.js';
import { checkValues } from './rules/values.js';
import { Settings } from './settings.js';

const RULES: readonly Rule[] = [checkValues, checkPairs, checkLengths, checkNames, checkSwitches];
const MOST = 20;

/**
 * What the guide has to say about a task, the most serious first; empty for an engine that it does not know. Never a refusal, and
 * nothing about flags that it does not know.
 */
export function warningsFor(task: TuningTask): GuideWarning[] {
  const guide = guideOf(task.engine);
  if (!guide) return [];
  const input = { guide, task, settings: new Settings(task) };
  const order = (warning: GuideWarning): number => -WARNING_LEVELS.indexOf(warning.level);
  return RULES.flatMap((rule) => rule(input))
    .sort((a, b) => order(a) - order(b))
    .slice(0, MOST);
}
