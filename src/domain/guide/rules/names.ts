import { distance } from 'fastest-levenshtein';
import type { Guide, GuideWarning } from '../guide.schema.js';
import { guideParameter } from '../guides.js';
import { underscored } from '../names.js';
import type { RuleInput } from '../rule.js';

/** Shorter names have real neighbours: `ep_size` beside `tp_size`. */
const SHORTEST = 9;
const FARTHEST = 2;

/** One flag under two names, and names that look like a slip of the pen. */
export function checkNames({ guide, settings }: RuleInput): GuideWarning[] {
  const all = settings.all();
  return all.flatMap((setting, i): GuideWarning[] => {
    const parameter = guideParameter(guide, setting.name);
    const about = { parameter: setting.name, source: parameter?.sources[0]?.url ?? null };
    if (!parameter) {
      const meant = nearest(guide, underscored(setting.name));
      if (!meant) return [];
      const words = `the guide knows no ${setting.name} of ${guide.title}; is ${meant} meant?`;
      return [{ ...about, id: 'unknown-name', level: 'caution', words }];
    }
    const twin = all.slice(0, i).find(({ name }) => guideParameter(guide, name) === parameter);
    if (!twin) return [];
    const words = `${twin.name} and ${setting.name} are the same flag of ${guide.title}: only the last one counts`;
    return [{ ...about, id: 'same-flag-twice', level: 'caution', words }];
  });
}

/** Python's command lines take the beginning of a flag for the flag. */
function nearest(guide: Guide, name: string): string | null {
  if (name.length < SHORTEST || name.startsWith('no_')) return null;
  const names = guide.parameters.flatMap((parameter) => parameter.names).filter((known) => known.length >= SHORTEST);
  if (names.some((known) => known.startsWith(name))) return null;
  return names.find((known) => distance(known, name) <= FARTHEST) ?? null;
}
