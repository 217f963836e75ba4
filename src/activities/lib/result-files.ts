import { mkdir } from 'node:fs/promises';
import { cpus, hostname, totalmem } from 'node:os';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { WriteResultsInput } from '../../contracts/activities.js';
import type { ExperimentOutcome } from '../../domain/experiment.js';
import { FAILURES } from '../../domain/failures.js';
import { METRICS, metricOf } from '../../domain/measurement.js';
import { resolveObjective } from '../../domain/objective.js';
import { shellQuote } from '../../domain/shell-quote.js';
import { resultsSchema, type ExperimentResult, type ResultsFile, type TuneResult } from '../../domain/tune-result.js';
import { isBetter } from '../../domain/tuning-state.js';
import type { RunStore } from '../../platform/run-store.js';

/** Writes `<task_name>_results.json` and `.csv`, each as a whole or not at all. */
export async function writeResultFiles(
  input: WriteResultsInput & { store: RunStore; resultsDir: string; version: string }
): Promise<TuneResult> {
  const { tune, task, resultsDir } = input;
  const outcomes = await input.store.outcomes(tune);
  const best = outcomes.reduce<ExperimentOutcome | null>(
    (winner, outcome) => (isBetter(outcome, winner) ? outcome : winner),
    null
  );
  const command = best?.provenance?.command;
  const finishedAt = new Date();
  const file: ResultsFile = resultsSchema.parse({
    task_name: task.task_name,
    total_experiments: outcomes.length,
    successful_experiments: outcomes.filter((outcome) => outcome.status === 'succeeded').length,
    elapsed_time: input.elapsedSeconds,
    best_result: best && toResult(best),
    all_results: outcomes.map(toResult),
    answer: input.answer,
    stopped_early: input.stopped,
    best_command: command ? shellQuote(command) : null,
    ran: {
      autotuner_version: input.version,
      node_version: process.version,
      machine: describeMachine(),
      workflow_id: tune.workflowId,
      run_id: tune.runId,
      seed: task.optimization.seed,
      started_at: new Date(finishedAt.getTime() - input.elapsedSeconds * 1000).toISOString(),
      finished_at: finishedAt.toISOString(),
      model: task.model.name,
      objective: resolveObjective(task.optimization.objective),
    },
  });
  await mkdir(resultsDir, { recursive: true });
  const resultsFile = join(resultsDir, `${task.task_name}_results.json`);
  const csvFile = join(resultsDir, `${task.task_name}_results.csv`);
  await writeFileAtomic(resultsFile, `${JSON.stringify(file, null, 2)}\n`);
  await writeFileAtomic(csvFile, toCsv(file));
  return {
    taskName: task.task_name,
    answer: input.answer,
    totalExperiments: file.total_experiments,
    successfulExperiments: file.successful_experiments,
    elapsedSeconds: file.elapsed_time,
    stoppedEarly: file.stopped_early,
    best: file.best_result,
    bestCommand: file.best_command,
    resultsFile,
    csvFile,
  };
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
  };
}

function toCsv(file: ResultsFile): string {
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

/** Quoted as RFC 4180 says; a leading `=`, `+`, `-` or `@` in a text is made harmless for spreadsheets, which would run it. */
function csvCell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function describeMachine(): string {
  const processors = cpus();
  return `${hostname()}: ${processors.length} x ${processors[0]?.model.trim() || 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
