/** Whether what one task has measured says something about another one. */
import { isOpenLoop, loadsOf } from '../loads/load.js';
import type { Combination } from '../space/combination.js';
import { numberOf } from '../space/number-of.js';
import type { SearchSpace } from '../space/search-space.js';
import { arrivalOf } from '../task/open-loop.schema.js';
import type { TuningTask } from '../task/task.schema.js';

/**
 * What must be the same, by the name that people see. How long a load is measured, and after how many requests, may differ: that
 * changes the noise, and hardly what is measured, as long as requests wait for answers. Loads are compared one by one, where they are scored.
 */
const MUST_EQUAL: readonly (readonly [name: string, of: (task: TuningTask) => unknown])[] = [
  ['model', ({ model }) => [model.name, model.path]],
  ['engine', ({ engine }) => engine],
  ['backend', ({ backend, base_runtime }) => [backend, base_runtime]],
  ['process.environment', (task) => (task.backend === 'process' ? task.process.environment : null)],
  ['ome', ({ backend, ome }) => (backend === 'ome' ? { ...ome, unschedulable_after: null } : null)],
  ['benchmark.runner', ({ benchmark }) => [benchmark.runner, benchmark.task]],
  ['benchmark.model_tokenizer', ({ benchmark }) => benchmark.model_tokenizer],
  ['benchmark.additional_params', ({ benchmark }) => benchmark.additional_params],
  ['benchmark.prefix_cache', ({ benchmark }) => benchmark.prefix_cache ?? 'reset'],
  ['benchmark.goodput', ({ benchmark }) => benchmark.goodput],
  ['benchmark.arrival', ({ benchmark }) => (benchmark.request_rate === undefined ? null : arrivalOf(benchmark))],
  // Where requests queue up, latencies depend on how many there are; and another number of a trace's first ones is another trace.
  [
    'benchmark.max_requests_per_iteration',
    ({ benchmark }) => (loadsOf(benchmark).some(isOpenLoop) ? benchmark.max_requests_per_iteration : null),
  ],
  // Which loads the search for the highest one has measured depends on its limits.
  ['optimization.objective', ({ optimization: { objective } }) => (isMaxLoad(objective) ? objective : null)],
  ['slos', ({ optimization, slos }) => (isMaxLoad(optimization.objective) ? slos : null)],
];

function isMaxLoad(objective: TuningTask['optimization']['objective']): boolean {
  return typeof objective === 'object' && 'max_load' in objective;
}

/** The first thing in which two tasks differ so much that the numbers of one say nothing about the other; null where none does. */
export function differenceOf(earlier: TuningTask, now: TuningTask): string | null {
  return MUST_EQUAL.find(([, of]) => canonical(of(earlier)) !== canonical(of(now)))?.[0] ?? null;
}

/** Every setting that the engine was given: what the combination leaves open stands in `engine_args`. */
export function settingsOf({ engine_args }: Pick<TuningTask, 'engine_args'>, combination: Combination): Combination {
  return { ...engine_args, ...combination };
}

/**
 * The number that an earlier experiment's settings have in the space of now.
 * @returns null where they are none of its combinations: a parameter of now was not set, or has a value that is not tried now, or
 *   something was set that is another thing now.
 */
export function placeOf(
  now: Pick<TuningTask, 'engine_args'>,
  space: SearchSpace,
  settings: Combination
): number | null {
  const varied = new Set(space.axes.map(({ name }) => name));
  const fixed = (all: Combination): string =>
    canonical(Object.fromEntries(Object.entries(all).filter(([name]) => !varied.has(name))));
  return fixed(settings) === fixed(now.engine_args) ? numberOf(space, settings) : null;
}

/** Equal values have equal texts, whatever the order of their keys. */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner
    ) ?? 'undefined'
  );
}
