/** Keeps a tune within its budget: pure rules, asked with the workflow's clock and the numbers of its task. */
import type { PreparedTask } from '../../contracts/activities.js';
import { experimentSeconds } from '../../contracts/policies.js';
import { admit, admitRound } from '../../domain/budget/admission.js';
import { elapsedSeconds } from '../../domain/budget/clock.js';
import { hasConverged } from '../../domain/budget/convergence.js';
import type { Ended } from '../../domain/budget/ended.js';
import { searchAhead } from '../../domain/budget/forecast.js';
import { planOf, type TunePlan } from '../../domain/budget/tune-plan.js';
import { ExpressionError } from '../../domain/space/expression.js';
import { footprintOf } from '../../domain/space/footprint.js';
import { progressOf, standingOf } from '../../domain/tuning/spending.js';
import type { Planned, TuningState } from '../../domain/tuning/tuning-state.js';

/** `wait`: until another one has ended. */
export type Admission = 'start' | 'wait' | Ended;

export class BudgetKeeper {
  readonly plan: TunePlan;

  constructor(
    private readonly task: PreparedTask,
    private readonly startedAtMs: number
  ) {
    this.plan = planOf(task, { longestSeconds: experimentSeconds(task), allowed: task.allowed });
  }

  /** Whether this experiment may start now, has to wait, or is the end of the search, or of an A/A tune. */
  admit(state: TuningState, next: Planned): Admission {
    // All is compared with the baseline, and a round of finals was admitted as a whole.
    if (next.role === 'baseline' || (next.role && this.plan.verification.starts === null)) return 'start';
    const stage = next.role ? 'finals' : 'search';
    if (!next.role && hasConverged(this.plan, state.expected)) return { reason: 'expected_improvement', stage };
    if (Object.keys(this.plan.limits).length === 0) return 'start';
    const admission = admit(this.plan, this.standing(state), this.acceleratorsOf(next));
    return admission === 'start' || admission === 'wait' ? admission : { reason: admission, stage };
  }

  /** Null where the next round of finals may begin. */
  refuseRound(state: TuningState): Ended | null {
    const reason = admitRound(this.plan, this.standing(state));
    return reason && { reason, stage: 'finals' };
  }

  /**
   * The most experiments of the search, with those that there were. 0 where it may end before that: then the order counts even
   * if there is time for everything.
   */
  mostSearched(state: TuningState): number {
    if (this.plan.stopWhen) return 0;
    const elapsed = this.elapsed(state);
    const progress = progressOf(this.plan, state, elapsed);
    const started = state.suggested - state.planned.filter(({ role }) => !role).length;
    return Math.min(state.maxIterations, started + searchAhead(this.plan, progress));
  }

  /** Until when an experiment may wait for its place, in milliseconds since the epoch; absent without a limit. */
  startBefore({ pausedMs }: TuningState): { startBeforeMs?: number } {
    const { wall_time: limit } = this.plan.limits;
    return limit === undefined ? {} : { startBeforeMs: this.startedAtMs + pausedMs + limit * 1000 };
  }

  private elapsed(state: TuningState): number {
    return elapsedSeconds(state, this.startedAtMs, Date.now());
  }

  private standing(state: TuningState): ReturnType<typeof standingOf> {
    return standingOf(state, this.elapsed(state), (item) => this.acceleratorsOf(item));
  }

  private acceleratorsOf({ combination }: Planned): number {
    try {
      return footprintOf(this.task, combination)?.accelerators ?? 0;
    } catch (error) {
      // The experiment itself refuses such a task, before it deploys anything.
      if (!(error instanceof ExpressionError)) throw error;
      return 0;
    }
  }
}
