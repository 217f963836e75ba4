import { Gauge, Registry } from 'prom-client';
import type { TuneInfo } from '../../client/index.js';
import { RESOURCES } from '../../domain/budget/resources.js';
import { METRICS, type Metric } from '../../domain/loads/metric.js';
import type { Phase, PhaseTimings } from '../../domain/tuning/experiment.js';
import type { TuneReader, TuneReading } from '../tune-reader.js';

/** The latest tunes have series of their own; older ones are in the history. */
const SHOWN = 50;

const OUTCOMES = ['succeeded', 'infeasible', 'failed', 'cancelled'] as const;
const PHASES = ['queued', 'deploying', 'starting', 'warming-up', 'benchmarking', 'tearing-down'] as const;

/** What the tunes are at, told when it is asked for. Of a task with several tunes the latest counts. */
export class TuneMetrics {
  constructor(private readonly reader: TuneReader) {}

  /** @throws when Temporal does not answer. */
  async registry(): Promise<Registry> {
    const registry = new Registry();
    const { items } = await this.reader.tunes.page({ limit: SHOWN });
    const statuses = gauge(registry, 'autotuner_tunes', 'The latest tunes, by status.', ['status']);
    for (const { status } of items) statuses.inc({ status });
    const workers = gauge(registry, 'autotuner_workers_answer', 'Whether a worker asks for workflows.', []);
    const hasWorkers = await this.reader.tunes.hasWorkers();
    workers.set(hasWorkers ? 1 : 0);
    const set = new TuneGauges(registry);
    const shown = [...new Map([...items].reverse().map((info) => [info.taskName, info])).values()];
    for (const info of shown) {
      // One that cannot be read does not hide the others.
      const reading = await this.read(info, hasWorkers).catch(() => null);
      if (reading) set.show(info, reading);
    }
    return registry;
  }

  private async read(info: TuneInfo, hasWorkers: boolean): Promise<TuneReading> {
    const { workflowId, runId, status } = info;
    // Nobody would answer, and the numbers would be too late for whoever watches.
    if (status !== 'running' || !hasWorkers) return this.reader.outcomes(workflowId, runId);
    return this.reader.look(await this.reader.find(workflowId));
  }
}

class TuneGauges {
  private readonly up;
  private readonly experiments;
  private readonly running;
  private readonly phaseAge;
  private readonly failures;
  private readonly phaseSeconds;
  private readonly leaks;
  private readonly best;
  private readonly score;
  private readonly spent;
  private readonly gain;

  constructor(registry: Registry) {
    const of = (name: string, help: string, labels: string[]): Gauge =>
      gauge(registry, name, help, ['task', ...labels]);
    this.up = of('autotuner_tune_running', 'Whether the latest tune of a task runs.', []);
    this.experiments = of('autotuner_experiments', 'Finished experiments of the latest tune.', ['outcome', 'role']);
    this.running = of('autotuner_experiments_running', 'Running experiments, by phase.', ['phase']);
    this.phaseAge = of(
      'autotuner_experiment_phase_age_seconds',
      'Of the running experiment that is longest in a phase.',
      ['phase']
    );
    this.failures = of('autotuner_experiment_failures', 'Failed experiments, by failure code.', ['code']);
    this.phaseSeconds = of('autotuner_phase_seconds', 'Seconds spent in a phase by all finished experiments.', [
      'phase',
    ]);
    this.leaks = of('autotuner_leaks', 'What tear-downs could not remove.', []);
    this.best = of('autotuner_best_metric', 'Means over the loads of the best experiment so far.', ['metric']);
    this.score = of('autotuner_best_score', 'Of the best so far: lower is better.', []);
    this.spent = of('autotuner_spent', 'What the tune has used.', ['resource']);
    this.gain = of('autotuner_verdict_gain_percent', 'Of the best against the baseline, with its interval.', ['bound']);
  }

  show({ taskName: task, status }: TuneInfo, { snapshot, digest }: TuneReading): void {
    this.up.set({ task }, status === 'running' ? 1 : 0);
    for (const phase of PHASES) this.running.set({ task, phase }, 0);
    const ages = new Map<Phase, number>();
    for (const { phase, sinceMs } of snapshot.running) {
      this.running.inc({ task, phase });
      ages.set(phase, Math.max(ages.get(phase) ?? 0, (Date.now() - sinceMs) / 1000));
    }
    for (const [phase, seconds] of ages) this.phaseAge.set({ task, phase }, seconds);
    for (const [resource, amount] of Object.entries(snapshot.spending?.spent ?? {}))
      if (amount !== undefined && (RESOURCES as readonly string[]).includes(resource))
        this.spent.set({ task, resource }, amount);
    if (!digest) return;
    for (const outcome of OUTCOMES) this.experiments.set({ task, outcome, role: 'search' }, 0);
    this.leaks.set({ task }, 0);
    for (const outcome of digest.outcomes.values()) {
      this.experiments.inc({ task, outcome: outcome.status, role: outcome.role ?? 'search' });
      if (outcome.failure) this.failures.inc({ task, code: outcome.failure.code });
      this.leaks.inc({ task }, outcome.leaks?.length ?? 0);
      for (const phase of PHASES)
        this.phaseSeconds.inc({ task, phase }, outcome.timings[phase.replace('-', '_') as keyof PhaseTimings]);
    }
    if (digest.best?.score != null) this.score.set({ task }, digest.best.score);
    for (const [metric, value] of Object.entries(digest.best?.metrics ?? {}))
      if (METRICS.includes(metric as (typeof METRICS)[number] & Metric)) this.best.set({ task, metric }, value);
    const { gain } = digest.verdict;
    if (gain) for (const bound of ['percent', 'low', 'high'] as const) this.gain.set({ task, bound }, gain[bound]);
  }
}

function gauge(registry: Registry, name: string, help: string, labelNames: string[]): Gauge {
  return new Gauge({ name, help, labelNames, registers: [registry] });
}
