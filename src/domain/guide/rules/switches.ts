import type { GuideWarning } from '../guide.schema.js';
import { guideParameter } from '../guides.js';
import { underscored } from '../names.js';
import type { RuleInput } from '../rule.js';

/** Switches that are on already: `true` adds what is there, `false` adds nothing, so that both are the same. */
export function checkSwitches({ guide, settings }: RuleInput): GuideWarning[] {
  return settings.all().flatMap((setting): GuideWarning[] => {
    const parameter = guideParameter(guide, setting.name);
    if (!parameter?.onByDefault || !setting.values.includes(false)) return [];
    if (parameter.offWith && settings.find(parameter.offWith)) return [];
    const how = parameter.offWith ? `; ${spelledLike(setting.name, parameter.offWith)}: true does` : '';
    const words = `${setting.name} is on by default, and false does not switch it off${how}`;
    const source = parameter.sources[0]?.url ?? null;
    return [{ id: 'already-on', level: 'note', parameter: setting.name, words, source }];
  });
}

function spelledLike(name: string, other: string): string {
  return name === underscored(name) ? other : other.replaceAll('_', '-');
}
