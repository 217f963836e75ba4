/** What the API would say of a made-up tune. */
import type {
  ExperimentDetail,
  ExperimentRow,
  Launch,
  ResultsFile,
  TuneSummary,
  TuneView,
} from '../../../src/contracts/http/index.js';
import { describeCombination } from '../../../src/domain/space/combination.js';
import { describeScoring, describeScores, scoringOf } from '../../../src/domain/scoring/objective.js';
import { scoringResult } from '../../../src/domain/results/results-scoring.js';
import type { ResultsOutline } from '../../../src/domain/results/outline.js';
import { loadsOf } from '../../../src/domain/loads/load.js';
import { describeRole, type ExperimentOutcome } from '../../../src/domain/tuning/experiment.js';
import { shellQuote } from '../../../src/domain/shell-quote.js';
import { sampleOutline, sampleResults, type Sample } from './sample-tune.js';

/** The first `done` outcomes of a sample have come. */
export interface Moment {
  readonly sample: Sample;
  readonly done: number;
  readonly startMs: number;
  readonly phase: NonNullable<TuneView['phase']>;
  readonly endMs: number | null;
}

export function summaryOf({ sample: { task }, startMs, endMs }: Moment): TuneSummary {
  return {
    ...{ id: task.task_name, workflowId: `tune/${task.task_name}`, runId: 'sample-run', taskName: task.task_name },
    status: endMs === null ? 'running' : 'completed',
    ...{
      model: task.model.name,
      engine: typeof task.engine === 'string' ? task.engine : 'command',
      backend: task.backend,
      bestScore: 0.0954,
    },
    startedAt: new Date(startMs).toISOString(),
    closedAt: endMs === null ? null : new Date(endMs).toISOString(),
    temporalUrl: 'http://127.0.0.1:8233/namespaces/default/workflows/tune%2Fllama-70b-chat',
  };
}

/** Made once for each moment: of ten thousand outcomes it takes seconds. */
const made = new WeakMap<Moment, ResultsFile>();

export function resultsOf(moment: Moment): ResultsFile {
  const known = made.get(moment) ?? makeResults(moment);
  made.set(moment, known);
  return known;
}

function makeResults(moment: Moment): ResultsFile {
  return sampleResults(...asOf(moment));
}

export function outlineAt(moment: Moment): ResultsOutline {
  return sampleOutline(...asOf(moment));
}

function asOf({ sample, done, startMs, endMs }: Moment): [Sample, { isRunning: boolean; endMs: number }] {
  const outcomes = sample.outcomes.slice(0, done);
  return [
    { ...sample, outcomes },
    { isRunning: endMs === null, endMs: endMs ?? startMs + 3_600_000 },
  ];
}

const rows = new WeakMap<Moment, ExperimentRow[]>();

export function rowsOf(moment: Moment): ExperimentRow[] {
  const { sample, done } = moment;
  const best = resultsOf(moment).best_result?.experiment_id;
  const known = rows.get(moment) ?? sample.outcomes.slice(0, done).map((outcome) => rowOf(sample, outcome, best));
  rows.set(moment, known);
  return [...known];
}

function rowOf({ task }: Sample, outcome: ExperimentOutcome, best: number | undefined): ExperimentRow {
  const {
    experimentId,
    role = 'search',
    of = null,
    round = null,
    combination,
    status,
    score,
    scores = [],
    slo,
    failure,
  } = outcome;
  return {
    ...{ experimentId, role, of, round, combination, status, score, scores: [...scores], phase: null },
    title: titleOf(outcome),
    scoreWords: score === null ? '' : describeScores(outcome, scoringOf(task)),
    metrics: null,
    sloViolation: slo?.violation ?? null,
    failure: failure && { code: failure.code, message: failure.message },
    endedEarly: null,
    timings: outcome.timings,
    ...{ attempts: 1, leaks: 0, isBest: experimentId === best, isFront: false },
  };
}

function titleOf(outcome: ExperimentOutcome): string {
  const role = describeRole(outcome);
  const isDefault = role !== null && Object.keys(outcome.combination).length === 0;
  return `[${outcome.experimentId}] ${role ? `${role}: ` : ''}${isDefault ? "the engine's defaults" : describeCombination(outcome.combination)}`;
}

export function viewOf(moment: Moment): TuneView {
  const { sample, done, phase, startMs, endMs } = moment;
  const { task } = sample;
  const results = resultsOf(moment);
  const rows = rowsOf(moment);
  const searched = rows.filter(({ role }) => role === 'search');
  const count = (status: string): number => searched.filter((row) => row.status === status).length;
  const next = endMs === null && phase === 'tuning' ? sample.outcomes[done] : undefined;
  const finals = rows.filter(({ role }) => role === 'final').length;
  return {
    info: summaryOf(moment),
    description: task.description,
    ...{ phase, hasWorker: true, scoring: scoringResult(task) as TuneView['scoring'], stopping: false, failure: null },
    objectiveWords: describeScoring(scoringOf(task), loadsOf(task.benchmark).length),
    counts: {
      ...{ succeeded: count('succeeded'), infeasible: count('infeasible'), failed: count('failed'), cancelled: 0 },
      ...{ finals, planned: 0, most: task.optimization.max_iterations },
    },
    countWords: `${searched.length} of up to ${task.optimization.max_iterations}`,
    finished: done,
    failures: { OUT_OF_MEMORY: count('failed') },
    running: next
      ? [
          {
            ...{
              experimentId: next.experimentId,
              role: next.role ?? 'search',
              of: next.of ?? null,
              round: next.round ?? null,
            },
            ...{
              title: titleOf(next),
              combination: next.combination,
              phase: 'benchmarking',
              detail: 'on gpu-17, 2 of 4 loads measured',
            },
            since: new Date(Date.now() - 24_000).toISOString(),
          },
        ]
      : [],
    best: rows.find(({ isBest }) => isBest) ?? null,
    baseline: rows.find(({ role }) => role === 'baseline') ?? null,
    nearest: null,
    verdict: results.verdict,
    answer: results.answer,
    spending: {
      spent: {
        experiments: done,
        wall_time: results.elapsed_time,
        accelerator_hours: done * 0.15,
        money: done * 0.375,
      },
      limits: { money: 400 },
      currency: 'USD',
      forecast:
        endMs === null
          ? {
              basis: 'experiments',
              total: { money: { low: 17, mid: 19.4, high: 23 }, wall_time: { low: 6000, mid: 7400, high: 9000 } },
            }
          : null,
    },
    eta:
      endMs === null
        ? { low: iso(startMs + 6000_000), mid: iso(startMs + 7400_000), high: iso(startMs + 9000_000) }
        : null,
    ended: results.ended ?? null,
    reuse: ['12 observations of llama-70b-nightly (19 Nov)'],
    actions:
      endMs !== null
        ? ['retry-failed']
        : phase === 'paused'
          ? ['resume', 'stop', 'extend', 'cancel']
          : ['pause', 'stop', 'extend', 'cancel'],
  };
}

export function detailOf(moment: Moment, n: number): ExperimentDetail | null {
  const results = resultsOf(moment);
  const row = rowsOf(moment).find(({ experimentId }) => experimentId === n);
  if (!row) return null;
  const all = [
    ...(results.baseline ? [results.baseline] : []),
    ...results.all_results,
    ...results.finalists.flatMap(({ rounds }) => rounds),
  ];
  const result = all.find(({ experiment_id: id }) => id === n) ?? null;
  const command = result?.provenance?.command;
  return {
    ...{
      tune: moment.sample.task.task_name,
      runId: 'sample-run',
      row,
      running: null,
      result,
      baseline: results.baseline,
    },
    difference: Object.entries(row.combination).map(([parameter, value]) => ({ parameter, value, baseline: null })),
    command: command ? shellQuote(command) : null,
    logs: [
      { kind: 'engine', bytes: 48_211, path: '' },
      { kind: 'benchmark', bytes: 9_120, path: '' },
    ],
  };
}

export function launchOf(moment: Moment): Launch {
  const { best_result: best, best_command: command } = resultsOf(moment);
  return {
    experimentId: best?.experiment_id ?? null,
    forms: [
      {
        form: 'shell',
        title: 'Shell',
        language: 'shell',
        fileName: 'start.sh',
        text: command ?? '',
        notes: ['On a machine with the accelerators that it was measured on.'],
      },
      {
        form: 'inference-service',
        title: 'Manifest',
        language: 'yaml',
        fileName: 'inference-service.yaml',
        text: 'apiVersion: ome.io/v1beta1\nkind: InferenceService\nmetadata:\n  name: llama-70b-chat\n',
        notes: [],
      },
    ],
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
