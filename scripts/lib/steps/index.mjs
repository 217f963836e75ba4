/** All set-up steps, in the order in which they are shown. */
import { engineStep } from './engine.mjs';
import { modelStep } from './model.mjs';
import { buildStep, npmStep } from './packages.mjs';
import { webStep } from './web.mjs';
import {
  aiperfStep,
  genaiBenchStep,
  installerStep,
  optimizerStep,
  temporalStep,
  testServerStep,
} from './python-tools.mjs';

/** @type {import('../stamped-step.mjs').Step[]} */
export const allSteps = [
  npmStep,
  installerStep,
  temporalStep,
  testServerStep,
  modelStep,
  genaiBenchStep,
  aiperfStep,
  optimizerStep,
  engineStep,
  buildStep,
  webStep,
];

/**
 * The named steps, by default all but those on demand, with everything they need, in the order of {@link allSteps}.
 * @throws {TypeError} for a name that no step has
 */
export function selectSteps(names = allSteps.filter((step) => !step.onDemand).map((step) => step.name)) {
  const selected = new Set();
  const select = (name) => {
    const step = allSteps.find((candidate) => candidate.name === name);
    if (!step) throw new TypeError(`unknown step "${name}"; there are: ${allSteps.map((one) => one.name).join(', ')}`);
    step.needs().forEach(select);
    selected.add(step);
  };
  names.forEach(select);
  return allSteps.filter((step) => selected.has(step));
}
