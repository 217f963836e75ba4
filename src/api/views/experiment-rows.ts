/** Experiments as rows of a table. */
import type { ExperimentRow, RunningExperimentView } from '../../contracts/http/experiments.js';
import type { RunningExperiment } from '../../client/index.js';
import { experimentResult } from '../../domain/results/results-file.js';
import { describeScores, scoringOf } from '../../domain/scoring/objective.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { ExperimentOutcome, Role } from '../../domain/tuning/experiment.js';
import { titleOf } from '../../domain/tuning/title.js';
import { timeOf } from './time.js';

type Named = Role & Pick<ExperimentOutcome, 'experimentId' | 'combination'>;

function named(item: Named): Pick<ExperimentRow, 'experimentId' | 'role' | 'of' | 'round' | 'title' | 'combination'> {
  return {
    experimentId: item.experimentId,
    role: item.role ?? 'search',
    of: item.of ?? null,
    round: item.round ?? null,
    title: titleOf(item),
    combination: { ...item.combination },
  };
}

export function runningView(item: RunningExperiment): RunningExperimentView {
  return { ...named(item), phase: item.phase, detail: item.detail, since: timeOf(item.sinceMs) };
}

/** A row without an outcome. */
export function unfinishedRow(item: Named, status: 'planned' | 'running' | 'lost', failure?: string): ExperimentRow {
  return {
    ...named(item),
    status,
    phase: status === 'lost' ? null : 'queued',
    score: null,
    scores: [],
    scoreWords: '',
    metrics: null,
    sloViolation: null,
    failure: failure === undefined ? null : { code: failure, message: '' },
    endedEarly: null,
    timings: null,
    attempts: null,
    leaks: 0,
    isBest: false,
    isFront: false,
  };
}

interface Flags {
  readonly isBest: boolean;
  readonly isFront: boolean;
}

/** Rows of outcomes: the same object for the same outcome and flags, so that a change can be seen at a glance. */
export class OutcomeRows {
  private readonly known = new WeakMap<ExperimentOutcome, ExperimentRow>();

  constructor(private readonly task: TuningTask) {}

  rowOf(outcome: ExperimentOutcome, { isBest, isFront }: Flags): ExperimentRow {
    const known = this.known.get(outcome);
    if (known && known.isBest === isBest && known.isFront === isFront) return known;
    const row = known ? { ...known, isBest, isFront } : { ...this.make(outcome), isBest, isFront };
    this.known.set(outcome, row);
    return row;
  }

  private make(outcome: ExperimentOutcome): Omit<ExperimentRow, keyof Flags> {
    const { score, scores, slo, failure, timings, attempts, endedEarly, leaks = [] } = outcome;
    const result = experimentResult(this.task, outcome);
    return {
      ...named(outcome),
      status: outcome.status,
      phase: null,
      score,
      scores: [...(scores ?? (score === null ? [] : [score]))],
      scoreWords: score === null ? '' : describeScores(outcome, scoringOf(this.task)),
      metrics: result.metrics,
      sloViolation: slo?.violation ?? null,
      failure: failure && { code: failure.code, message: failure.message },
      endedEarly: endedEarly?.reason ?? null,
      timings: { ...timings },
      attempts,
      leaks: leaks.length,
    };
  }
}
