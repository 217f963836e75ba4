/** From a results file to what the history can search, list and compare without reading it again. Pure. */
import { createHash } from 'node:crypto';
import { levelOf } from '../domain/loads/load.js';
import { describeObjective, formatScore, type Objective } from '../domain/scoring/objective.js';
import type { ExperimentResult, ResultsFile } from '../domain/results/tune-result.js';
import { HistoryRequestError, type HistoryEntry } from './types.js';

/** A tune as a row: its entry, and what only queries need. */
export interface StoredEntry {
  readonly entry: HistoryEntry;
  /** Equal for tunes whose scores mean the same: the same objective over the same loads. */
  readonly scoringKey: string;
  /** Of `entry.noisePercent`; null where that is not known. */
  readonly noiseDegrees: number | null;
  readonly isAa: boolean;
  /** How many measurements the score is the mean of. */
  readonly scoreMeasurements: number;
  /** In lower case. */
  readonly searchText: string;
}

const MOST_HOSTS = 50;

/** @throws HistoryRequestError when its times are no times. */
export function entryOf(results: ResultsFile): StoredEntry {
  const { ran, verdict, best_result: best, baseline } = results;
  // The schema of the file is wider than what is written there.
  const objective = ran.objective as Objective;
  const finals = best && finalScores(results, best.experiment_id);
  const isFromFinals = finals !== null && finals.length > 0;
  const score = isFromFinals ? meanOf(finals) : (best?.objective_score ?? null);
  const ofBaseline = finalScores(results, 0);
  const provenances = [best, baseline, ...measuredOf(results)].flatMap((one) => one?.provenance ?? []);
  const hosts = [...new Set(provenances.map(({ host }) => host))].slice(0, MOST_HOSTS);
  const entry: HistoryEntry = clean({
    runId: ran.run_id,
    workflowId: ran.workflow_id,
    taskName: results.task_name,
    model: ran.model,
    engine: engineOf(ran.task?.['engine']) ?? provenances[0]?.engine ?? null,
    engineVersion: provenances[0]?.engine_version ?? null,
    backend: textOf(ran.task?.['backend']),
    hardware: provenances.find(({ hardware }) => hardware !== undefined)?.hardware ?? null,
    hosts,
    startedAt: timeOf(ran.started_at),
    finishedAt: timeOf(ran.finished_at),
    elapsedSeconds: results.elapsed_time,
    ended: results.ended?.reason ?? null,
    stoppedEarly: results.stopped_early,
    experiments: results.total_experiments,
    successful: results.successful_experiments,
    objective,
    objectiveWords: describeObjective(objective),
    score,
    isFromFinals,
    scoreWords: score === null ? null : formatScore(score, objective, best?.relative),
    baselineScore: isFromFinals && ofBaseline.length > 0 ? meanOf(ofBaseline) : (baseline?.objective_score ?? null),
    bestParameters: best?.parameters ?? null,
    verdict: verdict.kind,
    gain: verdict.gain,
    noisePercent: verdict.noise?.percent ?? null,
    answer: results.answer,
    retryOf: ran.retry_of ?? null,
  });
  return {
    entry,
    scoringKey: scoringKey(results),
    noiseDegrees: verdict.noise?.degrees_of_freedom ?? null,
    isAa: verdict.kind === 'noise',
    scoreMeasurements: isFromFinals ? finals.length : score === null ? 0 : 1,
    searchText: searchTextOf(entry),
  };
}

/** PostgreSQL stores neither NUL nor half a surrogate pair; an engine's log may hold both. */
export function clean<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, item: unknown) =>
    typeof item === 'string' ? cleanText(item) : item
  ) as T;
}

function cleanText(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, '\ufffd');
}

function searchTextOf({
  taskName,
  model,
  engine,
  engineVersion,
  hardware,
  hosts,
  runId,
  workflowId,
}: HistoryEntry): string {
  const texts = [taskName, model, engine ?? '', engineVersion ?? '', hardware ?? '', ...hosts, runId, workflowId];
  return texts.join('\n').toLowerCase();
}

/** The scores of an experiment's finals that have one. */
function finalScores({ finalists }: ResultsFile, experimentId: number): number[] {
  const own = finalists.find(({ experiment_id }) => experiment_id === experimentId);
  return own?.rounds.flatMap(({ objective_score: score }) => score ?? []) ?? [];
}

/** Every experiment of the tune, whatever its part. */
function measuredOf({ all_results, finalists }: ResultsFile): ExperimentResult[] {
  return [...all_results, ...finalists.flatMap(({ rounds }) => rounds)];
}

function scoringKey(results: ResultsFile): string {
  const { ran, best_result: best, baseline } = results;
  const { objective, objectives, over_loads, load_weights, price_per_accelerator_hour: price } = ran;
  const benchmark = ran.task?.['benchmark'] as Record<string, unknown> | undefined;
  const measured = (best ?? baseline)?.loads ?? [];
  const loads = benchmark
    ? [sorted(benchmark['traffic_scenarios']), sorted(benchmark['num_concurrency']), ...openLoop(benchmark)]
    : [sorted(measured.map(({ scenario }) => scenario)), sorted(measured.map(levelOf))];
  const scored = [objectives ?? [objective], over_loads ?? 'mean', load_weights ?? [], price ?? null];
  const isRelative = (best ?? baseline)?.relative ?? false;
  return createHash('sha256')
    .update(JSON.stringify([scored, loads, isRelative]))
    .digest('hex')
    .slice(0, 32);
}

/** Nothing for closed loops, so that what earlier versions have kept stays comparable. */
function openLoop({ request_rate: rate, arrival, trace }: Record<string, unknown>): unknown[] {
  if (rate === undefined && trace === undefined) return [];
  return [sorted([rate ?? []].flat()), arrival ?? 'poisson', trace ?? null];
}

function sorted(values: unknown): string[] {
  return Array.isArray(values) ? [...new Set(values.map(String))].sort() : [];
}

/** As a task names it: a command of one's own is `command`, as in the list of tunes. */
function engineOf(engine: unknown): string | null {
  if (typeof engine === 'string') return engine;
  return engine === undefined ? null : 'command';
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function timeOf(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new HistoryRequestError(`'${cleanText(text).slice(0, 40)}' is no time`);
  return time.toISOString();
}
