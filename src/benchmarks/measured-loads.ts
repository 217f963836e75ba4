/** When a load counts as measured: for every runner the same. */
import type { Disturbance } from '../backends/types.js';
import { TunerError } from '../domain/failures.js';
import type { LoadWindow } from '../domain/loads/engine-metrics.js';
import { describeLoad, isSameLoad, type Load } from '../domain/loads/load.js';
import type { Measurement } from '../domain/loads/measurement.js';
import type { GoodputLimits } from '../domain/task/objective.schema.js';

export interface ReadRequest {
  readonly loads: readonly Load[];
  /** The largest share of failed requests with which a load still counts. */
  readonly maxErrorRate: number;
  /** When the way to the engine was broken. */
  readonly disturbances: readonly Disturbance[];
  /** Counts the requests within these limits, if given. */
  readonly goodput?: GoodputLimits | undefined;
}

/** A load's measurement, and when it was made. */
export interface MeasuredLoad {
  readonly measurement: Measurement;
  readonly window: LoadWindow;
}

/** How a load without any measurement is told. */
export const NOTHING_FINISHED = 'no request finished';
/** Kinds of failed requests that are told apart, the most frequent first: what a measurement holds goes into the history. */
const MOST_ERROR_CODES = 20;

/**
 * One measurement for every load, in the order asked for.
 * @throws TunerError LOAD_FAILED when a load has no usable measurement.
 */
export function inOrder(
  measured: readonly MeasuredLoad[],
  { loads, maxErrorRate, disturbances }: Omit<ReadRequest, 'goodput'>
): MeasuredLoad[] {
  return loads.map((load) => {
    const made = measured.find(({ measurement }) => isSameLoad(measurement, load));
    const found = made?.measurement;
    const failed = (what: string, broken = found?.disturbances ?? 0): TunerError => {
      const queued = found?.saturated ? `; ${describeSaturation(found)}` : '';
      const why = broken > 0 ? `; the way to the engine broke ${broken} times meanwhile, which may be why` : '';
      return new TunerError('LOAD_FAILED', `${describeLoad(load)}: ${what}${queued}${why}`);
    };
    // Without a file nobody knows when it ran.
    if (!made || !found) throw failed(`${NOTHING_FINISHED} within its time`, disturbances.length);
    if (found.completed_requests === 0) throw failed('no request completed');
    if (found.error_rate > maxErrorRate) {
      const codes = Object.entries(found.error_codes).map(([code, count]) => `${code} ${count} times`);
      throw failed(`${(found.error_rate * 100).toFixed(1)} % of the requests failed (${codes.join(', ')})`);
    }
    return made;
  });
}

/** `requests came at 8.00 req/s and were answered at 1.65 req/s, so that they queued up`. */
export function describeSaturation({ sent_requests_per_s: sent = 0, requests_per_s: answered }: Measurement): string {
  return `requests came at ${sent.toFixed(2)} req/s and were answered at ${answered.toFixed(2)} req/s, so that they queued up`;
}

/** With how often the way to the engine broke while the load ran, if it did. */
export function withDisturbances(
  measurement: Measurement,
  { fromMs, toMs }: Pick<LoadWindow, 'fromMs' | 'toMs'>,
  disturbances: readonly Disturbance[]
): Measurement {
  const disturbed = disturbances.filter(({ atMs, untilMs = atMs }) => untilMs >= fromMs && atMs <= toMs).length;
  return disturbed > 0 ? { ...measurement, disturbances: disturbed } : measurement;
}

/** The rest is added up as `other`. */
export function mostFrequent(codes: Readonly<Record<string, number>>): Record<string, number> {
  const entries = Object.entries(codes).map(([code, frequency]) => [code.slice(0, 100), frequency] as const);
  if (entries.length <= MOST_ERROR_CODES) return Object.fromEntries(entries);
  entries.sort(([, a], [, b]) => b - a);
  const other = entries.slice(MOST_ERROR_CODES - 1).reduce((sum, [, frequency]) => sum + frequency, 0);
  return Object.fromEntries([...entries.slice(0, MOST_ERROR_CODES - 1), ['other', other]]);
}
