/** Steps `npm` and `build`: the project's own packages and its compiled form. */
import { existsSync } from 'node:fs';

import { fingerprint, hashFile, removeFolder } from '../files.mjs';
import { installPackages, packagesAreInstalled } from '../npm-packages.mjs';
import { inProject, projectDir } from '../paths.mjs';
import { stampedStep } from '../stamped-step.mjs';

/** @type {import('../stamped-step.mjs').Step} */
export const npmStep = {
  name: 'npm',
  summary: 'packages from package-lock.json',
  needs: () => [],
  megabytes: 450,
  isDone: () => packagesAreInstalled(projectDir),
  run: ({ run }) => installPackages(run, projectDir),
};

const outputs = () => [inProject('dist', 'cli', 'main.js'), inProject('dist', 'worker', 'bundle-workflows.js')];

export const buildStep = stampedStep({
  name: 'build',
  summary: 'TypeScript and workflow bundle into dist/',
  needs: () => ['npm'],
  megabytes: 10,
  inputs: () => [
    fingerprint([inProject('src')]),
    ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'].map((name) => hashFile(inProject(name))),
  ],
  outputs,
  async run({ run }) {
    // tsc compiles incrementally and would not write again what was deleted behind its back.
    if (!outputs().every((file) => existsSync(file))) removeFolder(inProject('dist'));
    await run(process.execPath, [inProject('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], {
      cwd: projectDir,
    });
    await run(process.execPath, [inProject('dist', 'worker', 'bundle-workflows.js')], { cwd: projectDir });
  },
});
