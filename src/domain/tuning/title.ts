import { describeCombination, type Combination } from '../space/combination.js';
import { describeRole, type Role } from './experiment.js';

/** `[3] threads=2`, `[0] baseline: the engine's defaults`, `[7] round 1 of [3]: threads=2`. */
export function titleOf(item: Role & { readonly experimentId: number; readonly combination: Combination }): string {
  const role = describeRole(item);
  const isDefault = role !== null && Object.keys(item.combination).length === 0;
  const combination = isDefault ? "the engine's defaults" : describeCombination(item.combination);
  return `[${item.experimentId}] ${role === null ? '' : `${role}: `}${combination}`;
}
