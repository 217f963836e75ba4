/** From the outcomes of a tune to its results file and its CSV. Pure, so that a worker and the CLI write the same. */
import type { Ended } from '../budget/ended.js';
import { areFinalsCut, describeEnd, isWorthTelling } from '../budget/ended.js';
import { planOf } from '../budget/tune-plan.js';
import { describeAnswer } from '../tuning/answer.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { FAILURES } from '../failures.js';
import { measuredOf } from '../scoring/assess.js';
import type { EndedEarly } from '../loads/load-step.js';
import { METRICS, quantityOf } from '../loads/metric.js';
import { scoringOf } from '../scoring/objective.js';
import { spentResult } from './results-budget.js';
import { comparisonOf, frontOf, scoringResult } from './results-scoring.js';
import type { ResultsOutline } from './outline.js';
import { shellQuote } from '../shell-quote.js';
import type { TuningTask } from '../task/task.schema.js';
import { resultsSchema, type ExperimentResult, type ResultsFile, type TuneResult } from './tune-result.js';
import { reduce } from '../tuning/tuning-reducer.js';
import { initialState, type TuningState } from '../tuning/tuning-state.js';
import { reuseResult, reuseSentence } from '../reuse/report.js';
import type { ReuseState } from '../reuse/reuse.js';
import { reportVerdict, type VerdictReport } from '../verdict/report.js';

/** Which program wrote a results file, and where. */
export interface Provenance {
  readonly autotunerVersion: string;
  readonly nodeVersion: string;
  readonly machine: string;
}

/** Everything that the results file says beyond the outcomes. */
export interface ResultsInput {
  readonly task: TuningTask;
  readonly outcomes: readonly ExperimentOutcome[];
  readonly workflowId: string;
  /** The first run's id: the same through continue-as-new. */
  readonly runId: string;
  readonly elapsedSeconds: number;
  /** Milliseconds since the epoch. */
  readonly finishedAtMs: number;
  readonly stoppedEarly: boolean;
  /** Why nothing more was measured; absent while more may come, or where nobody knows. */
  readonly ended?: Ended | null | undefined;
  /** Seconds without pauses; default: `elapsedSeconds`. */
  readonly activeSeconds?: number | undefined;
  readonly writtenBy: Provenance;
  /** Whether more outcomes may come (false). */
  readonly isRunning?: boolean;
  /** The first run's id of the tune whose failed experiments this one repeated. */
  readonly retryOf?: string | undefined;
  /** What the tune has learned from earlier ones. */
  readonly reuse?: ReuseState | undefined;
}

/** @throws ZodError when an outcome holds something that the published schema refuses, such as a number that is not finite. */
export function buildResultsFile(input: ResultsInput): ResultsFile {
  return resultsSchema.parse(assemble(input));
}

/** The same unchecked, for what is only shown: to check ten thousand experiments takes longer than to draw them. */
export function buildOutline(input: ResultsInput): ResultsOutline {
  return assemble(input) as unknown as ResultsOutline;
}

function assemble(input: ResultsInput): object {
  const { task, isRunning = false, ended = null } = input;
  const outcomes = input.outcomes.filter((outcome) => !outcome.role);
  const { state, verdict, best, nearest, baseline, front } = concludeTune(input);
  const comparison = best && comparisonOf(task, best, baseline);
  const command = best?.provenance?.command;
  // The time limits are for the forecast, which is not made here.
  const plan = planOf(task, { longestSeconds: 0 });
  const end = ended && describeEnd(ended, plan, outcomes.length);
  return {
    task_name: task.task_name,
    total_experiments: outcomes.length,
    successful_experiments: outcomes.filter((outcome) => outcome.status === 'succeeded').length,
    elapsed_time: input.elapsedSeconds,
    best_result: best && experimentResult(task, best),
    all_results: outcomes.map((outcome) => experimentResult(task, outcome)),
    baseline: baseline ? experimentResult(task, baseline) : null,
    finalists: toFinalists(task, input.outcomes),
    verdict,
    ...(nearest ? { nearest_result: experimentResult(task, nearest) } : {}),
    ...(front.length > 0 ? { pareto_front: front } : {}),
    ...(comparison ? { comparison } : {}),
    answer:
      isRunning && input.outcomes.length === 0
        ? 'No experiment has finished yet.'
        : describeAnswer(state, scoringOf(task), {
            ...{ best, verdict, reused: reuseSentence(input.reuse) },
            ...(ended && end && isWorthTelling(ended) ? { end } : {}),
          }),
    stopped_early: input.stoppedEarly,
    ...(ended && end ? { ended: { ...ended, words: end } } : {}),
    spent: spentResult(plan, state.usage, input.activeSeconds ?? input.elapsedSeconds),
    best_command: command ? shellQuote(command) : null,
    ran: {
      autotuner_version: input.writtenBy.autotunerVersion,
      node_version: input.writtenBy.nodeVersion,
      machine: input.writtenBy.machine,
      workflow_id: input.workflowId,
      run_id: input.runId,
      ...(input.retryOf === undefined ? {} : { retry_of: input.retryOf }),
      seed: task.optimization.seed,
      ...(input.reuse ? { reused: reuseResult(input.reuse) } : {}),
      started_at: new Date(input.finishedAtMs - input.elapsedSeconds * 1000).toISOString(),
      finished_at: new Date(input.finishedAtMs).toISOString(),
      model: task.model.name,
      ...scoringResult(task),
      task: { ...task },
    },
  };
}

/** What the outcomes of a tune come to. */
export interface Conclusion {
  readonly state: TuningState;
  readonly verdict: VerdictReport;
  /** The verified winner, else the best of the search. */
  readonly best: ExperimentOutcome | null;
  /** Where there is no best: what misses the SLOs the least. */
  readonly nearest: ExperimentOutcome | undefined;
  readonly baseline: ExperimentOutcome | undefined;
  readonly front: NonNullable<ResultsFile['pareto_front']>;
}

export function concludeTune({
  task,
  outcomes: all,
  isRunning = false,
  ended = null,
}: Pick<ResultsInput, 'task' | 'outcomes' | 'isRunning' | 'ended'>): Conclusion {
  const outcomes = all.filter((outcome) => !outcome.role);
  const state = all.reduce(
    (current, outcome) => reduce(current, { type: 'finished', outcome }),
    initialState(task.optimization.max_iterations)
  );
  const isCut = ended !== null && areFinalsCut(ended);
  const verdict = reportVerdict(task, all, isRunning ? 'running' : isCut ? 'budget' : 'ended');
  const best = outcomes.find((outcome) => outcome.experimentId === verdict.winner) ?? state.best;
  const nearest = best ? undefined : outcomes.find((outcome) => outcome.experimentId === state.nearest?.experimentId);
  const baseline = all.find((outcome) => outcome.role === 'baseline');
  return { state, verdict, best, nearest, baseline, front: frontOf(outcomes) };
}

/** The short form of a results file that the workflow returns. */
export function summarizeResults(file: ResultsFile, paths: { resultsFile: string; csvFile: string }): TuneResult {
  return {
    taskName: file.task_name,
    answer: file.answer,
    totalExperiments: file.total_experiments,
    successfulExperiments: file.successful_experiments,
    elapsedSeconds: file.elapsed_time,
    stoppedEarly: file.stopped_early,
    ended: file.ended ? { reason: file.ended.reason, stage: file.ended.stage } : null,
    spent: file.spent,
    best: file.best_result,
    bestCommand: file.best_command,
    ...(file.nearest_result ? { nearest: file.nearest_result } : {}),
    verdict: file.verdict,
    ...paths,
  };
}

/** The measurements of the finals by the experiment whose combination they repeat: the baseline first, then by number. */
function toFinalists(task: TuningTask, outcomes: readonly ExperimentOutcome[]): ResultsFile['finalists'] {
  const finals = outcomes.filter((outcome) => outcome.role === 'final');
  const numbers = [...new Set(finals.map(({ of = 0 }) => of))].sort((a, b) => a - b);
  return numbers.map((number) => ({
    experiment_id: number,
    rounds: finals
      .filter(({ of = 0 }) => of === number)
      .map((outcome) => ({ round: outcome.round ?? 1, ...experimentResult(task, outcome) }))
      .sort((a, b) => a.round - b.round),
  }));
}

/** An experiment as the results file has it. */
export function experimentResult(task: TuningTask, outcome: ExperimentOutcome): ExperimentResult {
  const { failure, scores = [] } = outcome;
  const { measurements, footprint } = measuredOf(task, outcome);
  const mean = (metric: (typeof METRICS)[number]): number =>
    measurements.reduce((sum, one) => sum + quantityOf(one, { metric, statistic: 'mean' }, footprint), 0) /
    measurements.length;
  // What was not asked for has no value.
  const metrics = METRICS.map((metric) => [metric, mean(metric)] as const).filter(([, value]) => !Number.isNaN(value));
  return {
    experiment_id: outcome.experimentId,
    parameters: { ...outcome.combination },
    status: outcome.status === 'succeeded' ? 'success' : outcome.status,
    metrics: measurements.length > 0 ? Object.fromEntries(metrics) : null,
    objective_score: outcome.score,
    ...(scores.length > 1 ? { objective_scores: [...scores] } : {}),
    ...assessmentOf(outcome),
    loads: measurements.map(({ repeats, ...measurement }) => ({
      ...measurement,
      error_codes: { ...measurement.error_codes },
      ...(repeats ? { repeats: { count: repeats.count, spread: { ...repeats.spread } } } : {}),
    })),
    failure: failure && {
      code: failure.code,
      message: failure.message,
      next_step: FAILURES[failure.code].nextStep,
      evidence: [...failure.evidence],
    },
    timings_s: { ...outcome.timings },
    provenance: outcome.provenance && {
      ...outcome.provenance,
      command: outcome.provenance.command && [...outcome.provenance.command],
    },
    artifacts_uri: outcome.artifactsUri,
    ...(outcome.endedEarly ? { ended_early: withoutScore(outcome.endedEarly) } : {}),
    ...(outcome.maxLoad
      ? { max_load: { ...outcome.maxLoad, probes: outcome.maxLoad.probes.map((probe) => ({ ...probe })) } }
      : {}),
    leaks: (outcome.leaks ?? []).map((leak) => ({ ...leak })),
  };
}

function assessmentOf({ relative, slo, accelerators }: ExperimentOutcome): Partial<ExperimentResult> {
  return {
    ...(relative ? { relative } : {}),
    ...(slo ? { slo: { ...slo, misses: slo.misses.map((miss) => ({ ...miss })) } } : {}),
    ...(accelerators === undefined ? {} : { accelerators }),
  };
}

function withoutScore({ kind, after, reason }: EndedEarly): NonNullable<ExperimentResult['ended_early']> {
  return { kind, after, reason };
}
