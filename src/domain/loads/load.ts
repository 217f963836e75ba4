/** What is asked of an engine at a time: requests that wait for each other, requests at a rate, or those of a trace. */

/**
 * One traffic scenario at one level. Closed loop: `concurrency` requests are in flight, the next begins when one has ended. Open loop:
 * requests come at their own times and wait for nothing, at `request_rate`, or at the times of a trace. Exactly one of the three is there.
 */
export interface Load {
  /** In genai-bench's grammar; `trace(NAME)` where requests are those of a trace. */
  readonly scenario: string;
  /** Requests in flight. */
  readonly concurrency?: number | undefined;
  /** Mean requests per second; how they are spread is `benchmark.arrival`. */
  readonly request_rate?: number | undefined;
  /** How many times as fast as it was recorded a trace is replayed. */
  readonly speed?: number | undefined;
}

/** What says which loads a benchmark has. */
export interface LoadSource {
  readonly traffic_scenarios: readonly string[];
  readonly num_concurrency?: readonly number[] | undefined;
  readonly request_rate?: number | readonly number[] | undefined;
  readonly trace?: { readonly file: string; readonly speed: number | readonly number[] } | undefined;
}

/** `D(100,100) at 4`, `D(100,100) at 4 req/s`, `trace(chat.jsonl) at 2x speed`, as shown to people. */
export function describeLoad(load: Load): string {
  return `${load.scenario} at ${describeLevel(load)}`;
}

/** `4`, `4 req/s`, `2x speed`. */
export function describeLevel({ concurrency, request_rate: rate, speed }: Load): string {
  if (rate !== undefined) return `${rate} req/s`;
  return speed === undefined ? String(concurrency ?? '?') : `${speed}x speed`;
}

/** `4 at once`, `4 req/s`, `2x speed`. */
export function describeLevelAlone(load: Load): string {
  return load.concurrency === undefined ? describeLevel(load) : `${load.concurrency} at once`;
}

/** How much of a load it is; to be compared with loads of the same kind and scenario only. */
export function levelOf({ concurrency, request_rate: rate, speed }: Load): number {
  return concurrency ?? rate ?? speed ?? 0;
}

/** Whether requests come without waiting for answers. */
export function isOpenLoop({ concurrency }: Load): boolean {
  return concurrency === undefined;
}

export function isSameLoad(one: Load, other: Load): boolean {
  return (
    one.scenario === other.scenario &&
    one.concurrency === other.concurrency &&
    one.request_rate === other.request_rate &&
    one.speed === other.speed
  );
}

/** The load alone of what has one: without keys that say nothing, since it is written down. */
export function loadOf({ scenario, concurrency, request_rate: rate, speed }: Load): Load {
  return {
    scenario,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(rate === undefined ? {} : { request_rate: rate }),
    ...(speed === undefined ? {} : { speed }),
  };
}

/** Every load of a benchmark: each scenario at each level, in the order of the task file. */
export function loadsOf({ traffic_scenarios, num_concurrency, request_rate: rates, trace }: LoadSource): Load[] {
  if (trace) return distinct(trace.speed).map((speed) => ({ scenario: traceScenario(trace.file), speed }));
  const scenarios = distinct(traffic_scenarios);
  if (rates !== undefined)
    return scenarios.flatMap((scenario) => distinct(rates).map((rate) => ({ scenario, request_rate: rate })));
  return scenarios.flatMap((scenario) =>
    distinct(num_concurrency ?? [1]).map((concurrency) => ({ scenario, concurrency }))
  );
}

/** A trace in the place of a scenario. */
export function traceScenario(file: string): string {
  return `trace(${file})`;
}

function distinct<T extends string | number>(values: T | readonly T[]): T[] {
  return [...new Set([values].flat() as T[])];
}
