/** From the outcomes of a tune to its results file and its CSV. Pure, so that a worker and the CLI write the same. */
import { describeAnswer } from './answer.js';
import type { ExperimentOutcome } from './experiment.js';
import { FAILURES } from './failures.js';
import { METRICS, metricOf } from './measurement.js';
import { resolveObjective } from './objective.js';
import { shellQuote } from './shell-quote.js';
import type { TuningTask } from './task.schema.js';
import { resultsSchema, type ExperimentResult, type ResultsFile, type TuneResult } from './tune-result.js';
import { initialState, reduce } from './tuning-state.js';
import { reportVerdict } from './verdict/report.js';

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
  readonly writtenBy: Provenance;
  /** Whether more outcomes may come (false). */
  readonly isRunning?: boolean;
  /** The first run's id of the tune whose failed experiments this one repeated. */
  readonly retryOf?: string | undefined;
}

/** @throws ZodError when an outcome holds something that the published schema refuses, such as a number that is not finite. */
export function buildResultsFile(input: ResultsInput): ResultsFile {
  const { task, isRunning = false } = input;
  const outcomes = input.outcomes.filter((outcome) => !outcome.role);
  const state = input.outcomes.reduce(
    (current, outcome) => reduce(current, { type: 'finished', outcome }),
    initialState(task.optimization.max_iterations)
  );
  const verdict = reportVerdict(task, input.outcomes, isRunning);
  const objective = resolveObjective(task.optimization.objective);
  const best = outcomes.find((outcome) => outcome.experimentId === verdict.winner) ?? state.best;
  const baseline = input.outcomes.find((outcome) => outcome.role === 'baseline');
  const command = best?.provenance?.command;
  return resultsSchema.parse({
    task_name: task.task_name,
    total_experiments: outcomes.length,
    successful_experiments: outcomes.filter((outcome) => outcome.status === 'succeeded').length,
    elapsed_time: input.elapsedSeconds,
    best_result: best && toResult(best),
    all_results: outcomes.map(toResult),
    baseline: baseline ? toResult(baseline) : null,
    finalists: toFinalists(input.outcomes),
    verdict,
    answer:
      isRunning && input.outcomes.length === 0
        ? 'No experiment has finished yet.'
        : describeAnswer(state, objective, verdict),
    stopped_early: input.stoppedEarly,
    best_command: command ? shellQuote(command) : null,
    ran: {
      autotuner_version: input.writtenBy.autotunerVersion,
      node_version: input.writtenBy.nodeVersion,
      machine: input.writtenBy.machine,
      workflow_id: input.workflowId,
      run_id: input.runId,
      ...(input.retryOf === undefined ? {} : { retry_of: input.retryOf }),
      seed: task.optimization.seed,
      started_at: new Date(input.finishedAtMs - input.elapsedSeconds * 1000).toISOString(),
      finished_at: new Date(input.finishedAtMs).toISOString(),
      model: task.model.name,
      objective,
    },
  });
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
    best: file.best_result,
    bestCommand: file.best_command,
    verdict: file.verdict,
    ...paths,
  };
}

/** The measurements of the finals by the experiment whose combination they repeat: the baseline first, then by number. */
function toFinalists(outcomes: readonly ExperimentOutcome[]): ResultsFile['finalists'] {
  const finals = outcomes.filter((outcome) => outcome.role === 'final');
  const numbers = [...new Set(finals.map(({ of = 0 }) => of))].sort((a, b) => a - b);
  return numbers.map((number) => ({
    experiment_id: number,
    rounds: finals
      .filter(({ of = 0 }) => of === number)
      .map((outcome) => ({ round: outcome.round ?? 1, ...toResult(outcome) }))
      .sort((a, b) => a.round - b.round),
  }));
}

function toResult(outcome: ExperimentOutcome): ExperimentResult {
  const { measurements, failure } = outcome;
  const mean = (metric: (typeof METRICS)[number]): number =>
    measurements.reduce((sum, measurement) => sum + metricOf(measurement, metric, 'mean'), 0) / measurements.length;
  return {
    experiment_id: outcome.experimentId,
    parameters: { ...outcome.combination },
    status: outcome.status === 'succeeded' ? 'success' : outcome.status,
    metrics: measurements.length > 0 ? Object.fromEntries(METRICS.map((metric) => [metric, mean(metric)])) : null,
    objective_score: outcome.score,
    loads: measurements.map((measurement) => ({ ...measurement, error_codes: { ...measurement.error_codes } })),
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
    leaks: (outcome.leaks ?? []).map((leak) => ({ ...leak })),
  };
}

/** One row per experiment, as RFC 4180 says. */
export function resultsCsv(file: ResultsFile): string {
  const parameters = [...new Set(file.all_results.flatMap((result) => Object.keys(result.parameters)))];
  const header = ['experiment_id', ...parameters, 'status', 'objective_score', ...METRICS, 'failure'];
  const rows = file.all_results.map((result) => [
    result.experiment_id,
    ...parameters.map((name) => result.parameters[name] ?? ''),
    result.status,
    result.objective_score ?? '',
    ...METRICS.map((metric) => result.metrics?.[metric] ?? ''),
    result.failure?.code ?? '',
  ]);
  return [header, ...rows].map((row) => row.map(csvCell).join(',')).join('\n') + '\n';
}

/** A leading `=`, `+`, `-` or `@` in a text is made harmless for spreadsheets, which would run it as a formula. */
function csvCell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
