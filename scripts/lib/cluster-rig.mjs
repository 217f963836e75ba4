/** The program of the test cluster: etcd, Kubernetes' control plane, kwok and kubectl in one file. */
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { ensureGoProgram } from './go-program.mjs';
import { inProject } from './paths.mjs';

const CRDS = 'kwok-crds';
const PROGRAM = {
  what: "the test cluster's program",
  sources: inProject('test', 'cluster', 'rig', 'go'),
  cache: 'cluster',
  file: 'cluster-rig',
  takes: '5 to 10 minutes',
  async more(folder, go) {
    const kwok = (await go(['list', '-m', '-f', '{{.Dir}}', 'sigs.k8s.io/kwok'])).trim().split('\n').at(-1);
    // Go's module cache is read-only; a copy that were so too could not be removed.
    mkdirSync(path.join(folder, CRDS));
    const crds = path.join(kwok, 'kustomize', 'crd', 'bases');
    for (const name of readdirSync(crds)) cpSync(path.join(crds, name), path.join(folder, CRDS, name), { mode: 0 });
  },
};

/**
 * @typedef {object} ClusterRig
 * @property {string} program its first argument names the component: etcd, kube-apiserver, ..., kubectl
 * @property {string} kwokCrds folder with kwok's CustomResourceDefinitions
 */

/**
 * Build the program unless that was done before.
 *
 * @param {{ onProgress?: (line: string) => void }} [options]
 * @returns {Promise<ClusterRig | null>} null without a sufficient version of Go; `onProgress` has been told why
 * @throws {SetupError} when the build fails
 */
export async function ensureClusterRig(options) {
  const folder = await ensureGoProgram(PROGRAM, options);
  return folder && { program: path.join(folder, PROGRAM.file), kwokCrds: path.join(folder, CRDS) };
}
