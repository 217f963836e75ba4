/** Step `web`: the web application, built into dist/web. */
import { fingerprint, hashFile } from '../files.mjs';
import { inProject, projectDir } from '../paths.mjs';
import { stampedStep } from '../stamped-step.mjs';

/** What of src it imports: all that a browser can run. */
const SHARED = ['domain', 'contracts', 'report'];

export const webStep = stampedStep({
  name: 'web',
  summary: 'web application into dist/web',
  // Where the compiler begins anew, the folder is removed with all that is in it.
  needs: () => ['build'],
  megabytes: 5,
  inputs: () => [
    fingerprint([inProject('web'), ...SHARED.map((name) => inProject('src', name))]),
    hashFile(inProject('package-lock.json')),
  ],
  outputs: () => [inProject('dist', 'web', 'index.html')],
  async run({ run }) {
    const vite = inProject('node_modules', 'vite', 'bin', 'vite.js');
    await run(process.execPath, [vite, 'build', 'web', '--logLevel', 'warn'], { cwd: projectDir });
  },
});
