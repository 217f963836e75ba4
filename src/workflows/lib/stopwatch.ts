import type { Phase, PhaseTimings } from '../../domain/tuning/experiment.js';

/** Seconds per phase, measured with the workflow's own clock so that a replay agrees. */
export class Stopwatch {
  private readonly seconds = new Map<Phase, number>();
  private readonly startedAt = Date.now();
  private current: Phase = 'queued';
  private since = Date.now();

  enter(phase: Phase): void {
    const now = Date.now();
    this.seconds.set(this.current, (this.seconds.get(this.current) ?? 0) + (now - this.since) / 1000);
    this.current = phase;
    this.since = now;
  }

  timings(toolSeconds: number): PhaseTimings {
    const of = (phase: Phase): number => this.seconds.get(phase) ?? 0;
    return {
      queued: of('queued'),
      deploying: of('deploying'),
      starting: of('starting'),
      warming_up: of('warming-up'),
      benchmarking: of('benchmarking'),
      benchmark_tool: toolSeconds,
      tearing_down: of('tearing-down'),
      total: (Date.now() - this.startedAt) / 1000,
    };
  }
}
