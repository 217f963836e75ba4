import type { TuningTask } from '../task/task.schema.js';
import type { Guide, GuideWarning } from './guide.schema.js';
import type { Settings } from './settings.js';

export interface RuleInput {
  readonly guide: Guide;
  readonly settings: Settings;
  readonly task: TuningTask;
}

/** One kind of thing that may be wrong with a task. */
export type Rule = (input: RuleInput) => GuideWarning[];
