/** Step `engine`: the embedded engine's packages and its compiled form. */
import path from 'node:path';

import { fingerprint, hashFile } from '../files.mjs';
import { installPackages, packagesAreInstalled } from '../npm-packages.mjs';
import { engineDir, inProject } from '../paths.mjs';
import { stampedStep } from '../stamped-step.mjs';

const inEngine = (...parts) => path.join(engineDir, ...parts);

export const engineStep = stampedStep({
  name: 'engine',
  summary: 'embedded engine (prebuilt llama.cpp)',
  needs: () => ['npm'],
  megabytes: 120,
  inputs: () => [
    fingerprint([inEngine('src')]),
    ['tsconfig.json', 'package-lock.json'].map((name) => hashFile(inEngine(name))),
  ],
  outputs: () => [inEngine('dist', 'main.js')],
  isIntact: () => packagesAreInstalled(engineDir),
  async run({ run }) {
    // The optional packages are GPU builds of a gigabyte; the CPU build is a dependency of its own.
    if (!packagesAreInstalled(engineDir)) await installPackages(run, engineDir, ['--omit=optional']);
    await run(process.execPath, [inProject('node_modules', 'typescript', 'bin', 'tsc'), '-p', engineDir]);
  },
});
