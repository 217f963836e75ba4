/** What Prometheus is told: of the tunes when it asks, of this server all the time. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { TuneMetrics } from './tune-metrics.js';

/** A scrape more often than this gets the same numbers. */
const KEPT_MS = 2000;

export class ApiMetrics {
  private readonly own = new Registry();
  private readonly requests: Histogram;
  private kept: { readonly atMs: number; readonly text: Promise<string> } | null = null;

  /** @param streams how many event streams are open. */
  constructor(
    private readonly tunes: Pick<TuneMetrics, 'registry'>,
    streams: () => number
  ) {
    collectDefaultMetrics({ register: this.own, prefix: 'autotuner_api_' });
    this.requests = new Histogram({
      name: 'autotuner_api_request_seconds',
      help: 'Answers of the API, by route, method and status class.',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers: [this.own],
    });
    new Gauge({
      name: 'autotuner_api_streams',
      help: 'Open event streams.',
      registers: [this.own],
      collect() {
        this.set(streams());
      },
    });
  }

  /** @param route its pattern, so that there are no more of them than routes. */
  noteRequest(route: string, method: string, status: number, seconds: number): void {
    this.requests.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, seconds);
  }

  async text(): Promise<string> {
    const now = performance.now();
    if (!this.kept || now - this.kept.atMs > KEPT_MS) this.kept = { atMs: now, text: this.make() };
    return this.kept.text;
  }

  /** Where Temporal is away, the tunes' numbers are absent, and not the server's. */
  private async make(): Promise<string> {
    const tunes = await this.tunes.registry().then(
      (registry) => registry.metrics(),
      () => ''
    );
    return `${tunes}\n${await this.own.metrics()}`;
  }
}
