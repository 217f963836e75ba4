/** Steps that are skipped while nothing they depend on has changed. */
import { existsSync, readFileSync, rmSync } from 'node:fs';

import { hash, writeAtomically } from './files.mjs';
import { inCache } from './paths.mjs';

/**
 * @typedef {object} Step
 * @property {string} name what `--only` takes
 * @property {string} summary what the step does, for the progress line
 * @property {() => string[]} needs names of the steps that must be done before
 * @property {number} megabytes disk space that it takes
 * @property {boolean} [onDemand] left out unless it is named
 * @property {() => boolean} isDone fast: no process is started
 * @property {(tools: { run: ReturnType<typeof import('./tools.mjs').createToolRunner> }) => Promise<string | void>} run
 *   repairs whatever an interrupted run has left; what it returns ends up in the progress line
 */

/**
 * A step with a stamp: `<cache>/stamps/<name>.json` holds a hash of the inputs. It is removed before the step runs and
 * written after it succeeded, so a stamp that matches means that the outputs are whole.
 *
 * @param {Omit<Step, 'isDone'> & { inputs: () => unknown, outputs: () => string[], isIntact?: () => boolean }} step
 *   `outputs` are paths that must exist for the stamp to count; `isIntact` is a further check of them
 * @returns {Step}
 */
export function stampedStep({ inputs, outputs, isIntact = () => true, run, ...step }) {
  const stampFile = inCache('stamps', `${step.name}.json`);
  const key = () => hash(inputs());
  const stampedKey = () => {
    try {
      return JSON.parse(readFileSync(stampFile, 'utf8')).key;
    } catch {
      return undefined;
    }
  };
  return {
    ...step,
    isDone: () => stampedKey() === key() && outputs().every((file) => existsSync(file)) && isIntact(),
    async run(tools) {
      // The key is taken first: a source file that changes while the step runs makes it run again.
      const before = key();
      rmSync(stampFile, { force: true });
      const detail = await run(tools);
      writeAtomically(stampFile, `${JSON.stringify({ key: before, at: new Date().toISOString() })}\n`);
      return detail;
    },
  };
}
