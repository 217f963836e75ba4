/** What of a task says how much a tune will do and may use. */
import type { TuningTask } from '../task/task.schema.js';
import { verificationOf, type VerificationSettings } from '../verdict/settings.js';
import type { Amounts } from './resources.js';

export interface TunePlan {
  /** The task's `budget`; empty without one. */
  readonly limits: Amounts;
  readonly parallelism: number;
  /** Combinations that the constraints allow, in a large space about so many; null where nobody has counted. */
  readonly allowed: number | null;
  readonly verification: VerificationSettings;
  /** Of an accelerator's hour; null where the task has none. */
  readonly price: number | null;
  readonly currency: string;
  /** Of every combination; null where it depends on it, or is not known. */
  readonly accelerators: number | null;
  /** Seconds after which an experiment is ended at the latest. */
  readonly longestSeconds: number;
  /** After how many suggestions of which worth the search ends; null: it does not. */
  readonly stopWhen: { readonly expected_improvement: number; readonly in_a_row: number } | null;
}

/** @param known what the domain cannot tell: time limits are the contracts', and counting takes a while. */
export function planOf(
  task: TuningTask,
  { longestSeconds, allowed = null }: { readonly longestSeconds: number; readonly allowed?: number | null | undefined }
): TunePlan {
  const { cost, optimization, budget = {} } = task;
  const { parallelism, stop_when: stopWhen = null } = optimization;
  return {
    limits: Object.fromEntries(Object.entries(budget).filter(([, limit]) => limit !== undefined)),
    parallelism,
    allowed,
    verification: verificationOf(task),
    price: cost?.price_per_accelerator_hour ?? null,
    currency: cost?.currency ?? '',
    accelerators: typeof cost?.accelerators === 'number' ? cost.accelerators : null,
    longestSeconds,
    stopWhen,
  };
}
