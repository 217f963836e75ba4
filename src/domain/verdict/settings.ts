import type { TuningTask } from '../task/task.schema.js';

/** How a task wants its winner verified. */
export interface VerificationSettings {
  /** Whether there is to be a baseline. */
  readonly hasBaseline: boolean;
  readonly finalists: number;
  readonly rounds: { readonly min: number; readonly max: number };
  readonly confidence: number;
  /** How often an A/A tune measures the same configuration; null for any other tune. */
  readonly starts: number | null;
}

export function verificationOf(task: Pick<TuningTask, 'verification' | 'aa' | 'baseline'>): VerificationSettings {
  return { ...task.verification, hasBaseline: task.baseline !== false, starts: task.aa ?? null };
}
