import type { ParameterValue } from '../../space/combination.js';
import type { GuideParameter, GuideWarning } from '../guide.schema.js';
import { guideParameter } from '../guides.js';
import type { Setting } from '../settings.js';
import type { RuleInput } from '../rule.js';

/** Single values: what the engine refuses, where it often fails, and what changes its answers. */
export function checkValues({ guide, settings }: RuleInput): GuideWarning[] {
  return settings.all().flatMap((setting) => {
    const parameter = guideParameter(guide, setting.name);
    if (!parameter) return [];
    const values = settings.allowed(setting);
    const source = parameter.sources[0]?.url ?? null;
    const about = (id: string, level: GuideWarning['level'], words: string): GuideWarning => ({
      ...{ id, level, words, source },
      parameter: setting.name,
    });
    const refused = values.filter((value) => isRefused(parameter, value));
    const risky = values.filter((value) => !isRefused(parameter, value) && isRisky(parameter, value));
    return [
      ...(refused.length > 0
        ? [
            about(
              'engine-refuses-value',
              'danger',
              `${guide.title} does not start with ${shown(setting, refused)}: it must be ${limitsOf(parameter)}`
            ),
          ]
        : []),
      ...(risky.length > 0
        ? [about('risky-value', 'caution', `${shown(setting, risky)} ${parameter.risky?.words ?? ''}`)]
        : []),
      ...unequal(parameter, setting, values).map((words) => about('heads-may-not-divide', 'caution', words)),
      ...(parameter.changesAnswers && setting.isSearched && values.length > 1
        ? [
            about(
              'changes-answers',
              'note',
              `${setting.name} may change what the model answers; speed is all that is measured, so look at the quality yourself`
            ),
          ]
        : []),
    ];
  });
}

/** Attention heads are hardly ever a multiple of 3, 5, 6 or 7 accelerators. */
function unequal({ names }: GuideParameter, setting: Setting, values: readonly ParameterValue[]): string[] {
  if (!names.includes('tp_size')) return [];
  const odd = values.filter((value) => {
    const size = numberOf(value);
    return size !== null && Number.isInteger(size) && size > 1 && !Number.isInteger(Math.log2(size));
  });
  return odd.length > 0 ? [`${shown(setting, odd)} works only where it divides the attention heads of the model`] : [];
}

function isRefused({ limits }: GuideParameter, value: ParameterValue): boolean {
  const number = numberOf(value);
  if (!limits || number === null || limits.or?.includes(number)) return false;
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = limits;
  return number < min || number > max || number <= above || number >= below;
}

function isRisky({ risky }: GuideParameter, value: ParameterValue): boolean {
  const number = numberOf(value);
  return !!risky && number !== null && (number > (risky.above ?? Infinity) || number < (risky.below ?? -Infinity));
}

function limitsOf({ limits = {} }: GuideParameter): string {
  const { min, max, above, below, or } = limits;
  const parts = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
  return [parts.join(' and '), ...(or ?? [])].join(' or ');
}

/** The prototype's task files write numbers as texts. */
export function numberOf(value: ParameterValue): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : null;
}

const MOST_SHOWN = 4;

/** `tp_size 3`, `tp_size 3, 5, 6 and others`. */
function shown({ name }: Setting, values: readonly ParameterValue[]): string {
  const more = values.length > MOST_SHOWN ? ' and others' : '';
  return `${name} ${values.slice(0, MOST_SHOWN).join(', ')}${more}`;
}
