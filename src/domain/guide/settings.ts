/** What a task sets, as the rules of the guide look at it. */
import type { ParameterValue } from '../space/combination.js';
import { parseExpression, type Expression } from '../space/expression.js';
import { createSearchSpace } from '../space/search-space.js';
import type { TuningTask } from '../task/task.schema.js';
import { underscored } from './names.js';

/** Values of a parameter that are looked at: its first and last ones in any case. */
const MOST_VALUES = 64;

export interface Setting {
  /** As the task spells it. */
  readonly name: string;
  readonly values: readonly ParameterValue[];
  /** Whether the search varies it; otherwise it is one of the `engine_args`. */
  readonly isSearched: boolean;
}

/** Some of the combinations of two settings, as far as they can be told apart without the others. */
export type Pair = readonly [ParameterValue, ParameterValue];

export class Settings {
  private readonly byName: ReadonlyMap<string, Setting>;
  private readonly constraints: readonly Expression[];

  constructor(task: Pick<TuningTask, 'parameters' | 'engine_args' | 'constraints'>) {
    const fixed = Object.entries(task.engine_args).map(([name, value]): Setting => ({
      name,
      values: [value],
      isSearched: false,
    }));
    const searched = Object.entries(task.parameters).map(([name, spec]): Setting => {
      const axis = createSearchSpace({ parameters: { [name]: spec }, constraints: [] }).axes[0];
      return { name, values: axis ? someOf(axis.size, (i) => axis.valueAt(i)) : [], isSearched: true };
    });
    // A combination's value takes the place of the same name in `engine_args`.
    this.byName = new Map([...fixed, ...searched].map((setting) => [setting.name, setting]));
    this.constraints = task.constraints.map((source) => parseExpression(source, Object.keys(task.parameters)));
  }

  all(): readonly Setting[] {
    return [...this.byName.values()];
  }

  /** The first setting under one of these names. */
  find(...names: readonly string[]): Setting | null {
    return this.all().find(({ name }) => names.includes(underscored(name))) ?? null;
  }

  /**
   * Whether a combination may have two values for which something holds. Constraints that name one of the settings together with others
   * are taken for an answer to the question: it is left alone.
   */
  mayHave(one: Setting, other: Setting, holds: (one: ParameterValue, other: ParameterValue) => boolean): Pair | null {
    const own = [one.name, other.name];
    const about = this.constraints.filter(({ names }) => names.some((name) => own.includes(name)));
    if (about.some(({ names }) => names.some((name) => !own.includes(name)))) return null;
    for (const a of one.values)
      for (const b of other.values)
        if (holds(a, b) && about.every((constraint) => allows(constraint, { [one.name]: a, [other.name]: b })))
          return [a, b];
    return null;
  }

  /** The values of a setting that the constraints about it alone leave. */
  allowed(setting: Setting): readonly ParameterValue[] {
    const about = this.constraints.filter(
      ({ names }) => names.length > 0 && names.every((name) => name === setting.name)
    );
    return setting.values.filter((value) => about.every((constraint) => allows(constraint, { [setting.name]: value })));
  }
}

/** What cannot be told counts as forbidden: nothing is said about it then. */
function allows(constraint: Expression, combination: Readonly<Record<string, ParameterValue>>): boolean {
  try {
    return constraint.holds(combination);
  } catch {
    return false;
  }
}

function someOf(size: number, valueAt: (index: number) => ParameterValue): ParameterValue[] {
  if (size <= MOST_VALUES) return Array.from({ length: size }, (_, i) => valueAt(i));
  const last = size - 1;
  return Array.from({ length: MOST_VALUES }, (_, i) => valueAt(Math.round((i * last) / (MOST_VALUES - 1))));
}
