/** What a combination means for an engine: its flags and its accelerators. Each engine's exceptions are in its template. */
import { z } from 'zod';
import type { Combination, ParameterValue } from '../domain/space/combination.js';
import { TunerError } from '../domain/failures.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import { render } from '../platform/templates.js';

/** What the backend decides, and no task may set. */
export interface EngineContext {
  readonly model: string;
  readonly alias: string;
  readonly host: string;
  readonly port: number | string;
  /** Null for a command that people start by hand: its engine asks for no key. */
  readonly apiKeyFile: string | null;
  /** Whether the engine is to offer its own metrics, where the task does not decide that (false). */
  readonly metrics?: boolean;
}

const templateSchema = z.strictObject({
  args: z.array(z.union([z.string(), z.number()])),
  /** Parameters whose flag is not their name. */
  flags: z.record(z.string(), z.string()),
  /** Booleans that take on or off. */
  onOff: z.array(z.string()),
  /** Other spellings of a flag, which its engine takes for the same. */
  aliases: z.record(z.string(), z.array(z.string())).default({}),
  /** The names that set each degree of parallelism. */
  parallelism: z.record(z.enum(['tensor', 'pipeline', 'data']), z.array(z.string())).optional(),
  /** The switch under which data parallelism shares the accelerators of tensor parallelism. */
  dataWithinTensor: z.string().optional(),
  /** The switch without which the engine does not offer its own metrics. */
  metrics: z.string().optional(),
  reserved: z.array(z.string()),
});
type Template = z.output<typeof templateSchema>;

/** One setting as the engine takes it. */
export interface EngineFlag {
  /** The name in the task. */
  readonly name: string;
  /** Such as `--tp-size`. */
  readonly flag: string;
  readonly aliases: readonly string[];
  /** The arguments that set it; none for a switch that is off. */
  readonly args: readonly string[];
}

/**
 * The settings of a combination and of `engine_args` as flags of the engine.
 * @throws TunerError INVALID_TASK when the task sets what belongs to the backend.
 */
export function engineFlags(task: Pick<TuningTask, 'engine' | 'engine_args'>, combination: Combination): EngineFlag[] {
  const settings = settingsOf(task, combination);
  if (typeof task.engine !== 'string') {
    return settings.map(([name, value]) => ({
      name,
      flag: dashed(name),
      aliases: [],
      args: flag(dashed(name), value),
    }));
  }
  const { flags, onOff, aliases, reserved } = templateOf(task.engine, NOWHERE);
  const taken = reserved.map(dashed);
  return settings.map(([name, value]) => {
    const known = underscored(name);
    const spelled = (Object.hasOwn(flags, known) ? flags[known] : undefined) ?? dashed(name);
    // Engines take the beginning of a flag for the flag, too.
    if (taken.some((item) => item.startsWith(spelled))) {
      throw new TunerError(
        'INVALID_TASK',
        `'${name}' is set by the tuner and can be neither a parameter nor in engine_args`
      );
    }
    // After a switch, such a value would be a flag of its own.
    if (typeof value === 'string' && /^--?[A-Za-z]/.test(value)) {
      throw new TunerError('INVALID_TASK', `the value of '${name}' begins like a flag: ${value}`);
    }
    const args =
      typeof value === 'boolean' && onOff.includes(known) ? [spelled, value ? 'on' : 'off'] : flag(spelled, value);
    return {
      name,
      flag: spelled,
      aliases: (Object.hasOwn(aliases, spelled) ? aliases[spelled] : undefined) ?? [],
      args,
    };
  });
}

/**
 * How many accelerators a combination needs: tensor times pipeline times data parallelism.
 * @returns null when the task sets none of them: then it is the runtime's choice.
 */
export function acceleratorsOf(
  task: Pick<TuningTask, 'engine' | 'engine_args'>,
  combination: Combination
): number | null {
  if (typeof task.engine !== 'string') return null;
  const { parallelism, dataWithinTensor } = templateOf(task.engine, NOWHERE);
  if (!parallelism) return null;
  const settings = new Map(settingsOf(task, combination).map(([name, value]) => [underscored(name), value]));
  const degree = (names: readonly string[]): number | null => {
    const value = names.map((name) => settings.get(name)).find((item) => item !== undefined);
    return typeof value === 'number' ? value : null;
  };
  const shared = dataWithinTensor !== undefined && settings.get(dataWithinTensor) === true;
  const degrees = [
    degree(parallelism.tensor),
    degree(parallelism.pipeline),
    shared ? null : degree(parallelism.data),
  ].filter((item) => item !== null);
  return degrees.length > 0 ? degrees.reduce((product, item) => product * item, 1) : null;
}

/** What makes the engine offer its own metrics; nothing where it does so anyway, or the task says itself whether it is to. */
export function metricsFlags(
  task: Pick<TuningTask, 'engine' | 'engine_args'>,
  combination: Combination,
  { metrics: isWanted = false }: EngineContext
): string[] {
  if (typeof task.engine !== 'string' || !isWanted) return [];
  const { metrics } = templateOf(task.engine, NOWHERE);
  const isSet = settingsOf(task, combination).some(([name]) => underscored(name) === metrics);
  return metrics === undefined || isSet ? [] : [dashed(metrics)];
}

/** For what does not depend on where the engine runs. */
const NOWHERE: EngineContext = { model: '', alias: '', host: '', port: 0, apiKeyFile: null };

/** @param context what the backend decides: it fills the arguments that no task may set. */
export function templateOf(engine: string, context: EngineContext): Template {
  return templateSchema.parse(JSON.parse(render(`engines/${engine}.json.njk`, context)));
}

/** A combination's value takes the place of the same name in `engine_args`. */
function settingsOf(task: Pick<TuningTask, 'engine_args'>, combination: Combination): [string, ParameterValue][] {
  return Object.entries({ ...task.engine_args, ...combination });
}

/** As templates/engines/ spells names; a task may also write them with dashes. */
function underscored(name: string): string {
  return name.replaceAll('-', '_');
}

function dashed(name: string): string {
  return `--${name.replaceAll('_', '-')}`;
}

function flag(name: string, value: ParameterValue): string[] {
  if (typeof value === 'boolean') return value ? [name] : [];
  return [name, String(value)];
}
