import { GUIDE_ENGINES, type Guide, type GuideEngine, type GuideParameter } from './guide.schema.js';
import { LLAMA_CPP } from './llama-cpp.js';
import { underscored } from './names.js';
import { SGLANG } from './sglang.js';
import { VLLM } from './vllm.js';

const GUIDES: Readonly<Record<GuideEngine, Guide>> = { sglang: SGLANG, vllm: VLLM, 'llama.cpp': LLAMA_CPP };

/** @returns null for what is no engine of the guide, such as a command of one's own. */
export function guideOf(engine: unknown): Guide | null {
  const name = GUIDE_ENGINES.find((known) => known === engine);
  return name ? GUIDES[name] : null;
}

/** What the guide says about a parameter of a task, however it is spelled there; null where it says nothing. */
export function guideParameter(guide: Guide, name: string): GuideParameter | null {
  return guide.parameters.find(({ names }) => names.includes(underscored(name))) ?? null;
}
