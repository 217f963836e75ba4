/**
 * What an engine says about itself while a load runs, beside what its clients measure. Every engine counts in its own way; this is the
 * small set that they have in common, with the same meaning for all.
 */

/** One look at an engine's metrics. Gauges are of the moment, counters since the engine's start; absent is what it does not offer. */
export interface EngineReading {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  readonly engine: 'sglang' | 'vllm' | 'llama.cpp';
  readonly running?: number;
  readonly waiting?: number;
  /** From 0 to 1; of several engines behind one address the fullest. */
  readonly kvUsage?: number;
  /** A share that the engine has computed itself, where it does not count. */
  readonly hitRate?: number;
  readonly generatedTokens?: number;
  /** Computed ones: what came from the prefix cache is not among them. */
  readonly promptTokens?: number;
  readonly cachedTokens?: number;
  readonly preemptions?: number;
}

/** When a load was made. Milliseconds since the epoch; it began some time after `fromMs`. */
export interface LoadWindow {
  readonly fromMs: number;
  readonly toMs: number;
  /** How long its requests took in all, as the load generator has measured it. */
  readonly durationSeconds: number;
}

export interface Span {
  readonly mean: number;
  readonly max?: number | undefined;
}

/** What the readings during one load give together. Absent is what the engine does not offer, or what cannot be told. */
export interface EngineMetrics {
  readonly engine: EngineReading['engine'];
  /** Readings while it was at work. */
  readonly samples: number;
  readonly requests_running?: Span | undefined;
  readonly requests_waiting?: Span | undefined;
  readonly kv_cache_usage?: Span | undefined;
  readonly prefix_cache_hit_rate?: number | undefined;
  readonly generation_tokens_per_s?: Span | undefined;
  readonly prompt_tokens_per_s?: Span | undefined;
  readonly preemptions?: number | undefined;
}

type Counter = 'generatedTokens' | 'promptTokens' | 'cachedTokens' | 'preemptions';
const COUNTERS: readonly Counter[] = ['generatedTokens', 'promptTokens', 'cachedTokens', 'preemptions'];
/** llama.cpp counts tokens when a request ends: from one look to the next that says nothing. */
const COUNTS_AT_ONCE: readonly EngineReading['engine'][] = ['sglang', 'vllm'];
/** Looks closer together than this give no rate. */
const LEAST_SECONDS = 0.5;

/**
 * The readings of one load. The window is wider than the load: idle readings at its edges are not counted, and tell the counters before and
 * after it.
 * @returns null without a reading while the engine was at work.
 */
export function summarizeReadings(readings: readonly EngineReading[], window: LoadWindow): EngineMetrics | null {
  const { fromMs, toMs } = window;
  const ordered = [...readings].sort((a, b) => a.atMs - b.atMs);
  const isBusy = (i: number): boolean => {
    const [now, before] = [ordered[i], ordered[i - 1]];
    return !!now && now.atMs >= fromMs && now.atMs <= toMs && (isAtWork(now) || (!!before && hasCounted(before, now)));
  };
  const first = ordered.findIndex((_, i) => isBusy(i));
  const last = ordered.findLastIndex((_, i) => isBusy(i));
  const busy = ordered.slice(first, last + 1);
  // The look after the last request counts what it has done, and would show an engine without work.
  const atWork = busy.filter(isAtWork);
  const shown = atWork.length > 0 ? atWork : busy;
  const before = ordered[first - 1];
  const after = ordered[last + 1];
  const from = before ?? busy[0];
  const to = after ?? busy.at(-1);
  if (first < 0 || !from || !to) return null;
  // Between two idle looks lies the whole load, whose length is known better than by looks.
  const isWhole = before !== undefined && !isAtWork(before) && !isAtWork(to);
  const seconds = isWhole ? window.durationSeconds : (to.atMs - from.atMs) / 1000;
  const added = (name: Counter): number | undefined => difference(from[name], to[name]);
  const rate = (name: Counter): Span | undefined => {
    const tokens = added(name);
    if (tokens === undefined || seconds < LEAST_SECONDS) return undefined;
    const max = COUNTS_AT_ONCE.includes(to.engine) ? highestRate([from, ...busy, to], name) : undefined;
    return { mean: rounded(tokens / seconds), ...(max === undefined ? {} : { max: rounded(max) }) };
  };
  return withoutAbsent({
    engine: to.engine,
    samples: shown.length,
    requests_running: spanOf(shown.map(({ running }) => running)),
    requests_waiting: spanOf(shown.map(({ waiting }) => waiting)),
    kv_cache_usage: spanOf(shown.map(({ kvUsage }) => kvUsage)),
    prefix_cache_hit_rate:
      shareOf(added('cachedTokens'), added('promptTokens')) ?? spanOf(shown.map(({ hitRate }) => hitRate))?.mean,
    generation_tokens_per_s: rate('generatedTokens'),
    prompt_tokens_per_s: rate('promptTokens'),
    preemptions: added('preemptions'),
  });
}

/** Of several measurements of the same load: means by their number of readings, the highest of all, preemptions added up. */
export function poolEngineMetrics(all: readonly (EngineMetrics | undefined)[]): EngineMetrics | undefined {
  const given = all.filter((one) => one !== undefined);
  const [first] = given;
  if (!first || given.length === 1) return first;
  const samples = given.reduce((total, one) => total + one.samples, 0);
  const mean = (valueOf: (one: EngineMetrics) => number | undefined): number | undefined => {
    const having = given.filter((one) => valueOf(one) !== undefined);
    const weight = having.reduce((total, one) => total + one.samples, 0);
    return weight === 0
      ? undefined
      : rounded(having.reduce((sum, one) => sum + (valueOf(one) ?? 0) * one.samples, 0) / weight);
  };
  const span = (spanIn: (one: EngineMetrics) => Span | undefined): Span | undefined => {
    const middle = mean((one) => spanIn(one)?.mean);
    const highest = given.map((one) => spanIn(one)?.max).filter((max) => max !== undefined);
    return middle === undefined
      ? undefined
      : { mean: middle, ...(highest.length > 0 ? { max: Math.max(...highest) } : {}) };
  };
  const preemptions = given.map((one) => one.preemptions).filter((count) => count !== undefined);
  return withoutAbsent({
    engine: first.engine,
    samples,
    requests_running: span((one) => one.requests_running),
    requests_waiting: span((one) => one.requests_waiting),
    kv_cache_usage: span((one) => one.kv_cache_usage),
    prefix_cache_hit_rate: mean((one) => one.prefix_cache_hit_rate),
    generation_tokens_per_s: span((one) => one.generation_tokens_per_s),
    prompt_tokens_per_s: span((one) => one.prompt_tokens_per_s),
    preemptions: preemptions.length > 0 ? preemptions.reduce((total, count) => total + count, 0) : undefined,
  });
}

function isAtWork({ running = 0, waiting = 0 }: EngineReading): boolean {
  return running > 0 || waiting > 0;
}

function hasCounted(before: EngineReading, now: EngineReading): boolean {
  return COUNTERS.some((name) => (difference(before[name], now[name]) ?? 0) > 0);
}

/** Undefined where one is missing, or the engine has begun to count anew. */
function difference(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined || to < from ? undefined : to - from;
}

function shareOf(part: number | undefined, rest: number | undefined): number | undefined {
  if (part === undefined || rest === undefined || part + rest === 0) return undefined;
  return rounded(part / (part + rest));
}

function highestRate(readings: readonly EngineReading[], name: Counter): number | undefined {
  const rates = readings.slice(1).flatMap((now, i) => {
    const before = readings[i] as EngineReading;
    const seconds = (now.atMs - before.atMs) / 1000;
    const added = difference(before[name], now[name]);
    return added === undefined || seconds < LEAST_SECONDS ? [] : [added / seconds];
  });
  return rates.length > 0 ? Math.max(...rates) : undefined;
}

function spanOf(values: readonly (number | undefined)[]): Span | undefined {
  const given = values.filter((value) => value !== undefined);
  if (given.length === 0) return undefined;
  const mean = given.reduce((sum, value) => sum + value, 0) / given.length;
  return { mean: rounded(mean), max: rounded(Math.max(...given)) };
}

/** Four digits: it travels in the history, once per load. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function withoutAbsent(metrics: EngineMetrics): EngineMetrics {
  return Object.fromEntries(
    Object.entries(metrics).filter(([, value]) => value !== undefined)
  ) as unknown as EngineMetrics;
}
