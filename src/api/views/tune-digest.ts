import type { TuneHistory } from '../../client/tune-history.js';
import type { Ended } from '../../domain/budget/ended.js';
import type { ExperimentRow } from '../../contracts/http/experiments.js';
import { concludeTune } from '../../domain/results/results-file.js';
import type { TuneView } from '../../contracts/http/tunes.js';
import { parseTask } from '../../domain/task/parse-task.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { ExperimentOutcome } from '../../domain/tuning/experiment.js';
import { OutcomeRows, unfinishedRow } from './experiment-rows.js';

/** What the outcomes of one run come to, ready to be shown. */
export interface TuneDigest {
  readonly task: TuningTask;
  /** Finished experiments of any role, by number. */
  readonly rows: ReadonlyMap<number, ExperimentRow>;
  readonly outcomes: ReadonlyMap<number, ExperimentOutcome>;
  readonly best: ExperimentRow | null;
  readonly baseline: ExperimentRow | null;
  readonly nearest: ExperimentRow | null;
  readonly verdict: NonNullable<TuneView['verdict']>;
  readonly conclusion: ReturnType<typeof concludeTune>;
}

/** Keeps a task and the rows of a run over its versions: the outcomes of a run are the same objects in each of them. */
export class DigestMaker {
  private readonly runs = new WeakMap<object, { task: TuningTask; rows: OutcomeRows } | null>();

  /** @returns null where the task file is none: nothing was measured then. */
  make(history: TuneHistory, { isRunning, ended }: { isRunning: boolean; ended: Ended | null }): TuneDigest | null {
    const run = this.runOf(history.taskFile);
    if (!run) return null;
    const { task, rows: maker } = run;
    const { outcomes } = history;
    const conclusion = concludeTune({ task, outcomes, isRunning, ended });
    const { best, baseline, nearest, front, verdict } = conclusion;
    const onFront = new Set(front.map(({ experiment_id }) => experiment_id));
    const rowOf = (outcome: ExperimentOutcome): ExperimentRow =>
      maker.rowOf(outcome, {
        isBest: outcome.experimentId === best?.experimentId,
        isFront: onFront.has(outcome.experimentId),
      });
    const rows = new Map(outcomes.map((outcome) => [outcome.experimentId, rowOf(outcome)]));
    for (const item of history.lost)
      if (!rows.has(item.experimentId)) rows.set(item.experimentId, unfinishedRow(item, 'lost', item.reason));
    return {
      ...{ task, rows, conclusion },
      verdict: { ...verdict, loads: verdict.loads.map((load) => ({ ...load })) },
      outcomes: new Map(outcomes.map((outcome) => [outcome.experimentId, outcome])),
      best: best && rowOf(best),
      baseline: baseline ? rowOf(baseline) : null,
      nearest: nearest ? rowOf(nearest) : null,
    };
  }

  private runOf(taskFile: unknown): { task: TuningTask; rows: OutcomeRows } | null {
    if (typeof taskFile !== 'object' || taskFile === null) return null;
    const known = this.runs.get(taskFile);
    if (known !== undefined) return known;
    const parsed = parseTask(taskFile);
    const run = 'issues' in parsed ? null : { task: parsed.task, rows: new OutcomeRows(parsed.task) };
    this.runs.set(taskFile, run);
    return run;
  }
}
