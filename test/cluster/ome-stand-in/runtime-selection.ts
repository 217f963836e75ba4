/** Which runtime serves a model, by OME's rules: every property that one side names, the other must name alike. */
import type { BaseModel, ServingRuntime, SupportedFormat } from './types.js';

type Model = BaseModel['spec'];

/** @returns why the runtime does not support the model; null when it does. */
export function incompatibility({ spec }: ServingRuntime, model: Model): string | null {
  const formats = spec.supportedModelFormats ?? [];
  if (formats.some((format) => mismatch(model, format) === null)) return null;
  const reasons = formats.map((format) => mismatch(model, format)).join('; ') || 'no supported formats defined';
  return `model format '${formatLabel(model)}' not in supported formats: ${reasons}`;
}

/** Whether the runtime may be chosen without being named, and with which rank: higher first. */
export function autoSelectRank({ spec }: ServingRuntime, model: Model): number | null {
  if (spec.disabled) return null;
  const ranks = (spec.supportedModelFormats ?? [])
    .filter((format) => format.autoSelect && mismatch(model, format) === null)
    .map(({ priority = 1 }) => priority);
  return ranks.length > 0 ? Math.max(...ranks) : null;
}

function mismatch(model: Model, format: SupportedFormat): string | null {
  const compared: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['architecture', model.modelArchitecture, format.modelArchitecture],
    ['quantization', model.quantization, format.quantization],
    ['format name', model.modelFormat?.name, format.modelFormat?.name],
    ['format version', model.modelFormat?.version, format.modelFormat?.version],
    ['framework name', model.modelFramework?.name, format.modelFramework?.name],
    ['framework version', model.modelFramework?.version, format.modelFramework?.version],
  ];
  const reasons = compared
    .filter(([, own, required]) => own !== required)
    .map(([what, own, required]) => `${what} mismatch (model=${own ?? ''}, runtime=${required ?? ''})`);
  return reasons.length > 0 ? reasons.join(', ') : null;
}

function formatLabel({ modelFormat, modelArchitecture, quantization }: Model): string {
  const parts = [modelFormat?.name, modelFormat?.version, modelArchitecture, quantization];
  return `mt:${parts.filter((part) => part !== undefined).join(':')}`;
}
