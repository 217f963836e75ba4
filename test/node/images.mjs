/**
 * The images of the node, as one archive that containerd takes: those of the Dockerfile, of which test/image makes also what stands for
 * PostgreSQL's and Temporal's, and of the engine and the tools that OME's pods run. Made by a Docker daemon of its own, from packages alone.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';

import { inProject } from '../../scripts/lib/paths.mjs';
import { build, buildImages, buildStandIns, withBuilder } from '../image/build.mjs';
import { must } from '../image/must.mjs';

export const ENGINE_IMAGE = 'inference-autotuner/local-engine:1';
/** As the tests name them: none is ever pulled. */
export const IMAGES = [
  ...['inference-autotuner:0.1.0', ENGINE_IMAGE, 'localhost/pause:1', 'busybox:1.37.0'],
  ...['ghcr.io/sgl-project/genai-bench:0.1.113', 'postgres:17.6-bookworm'],
  ...['temporalio/server:1.32.0', 'temporalio/admin-tools:1.32.0'],
];
const OWN = {
  'localhost/pause:1': 'sleep',
  'busybox:1.37.0': 'sleep',
  'ghcr.io/sgl-project/genai-bench:0.1.113': 'genai-bench',
};

async function buildOwn(dir, env) {
  // Nothing of this machine goes into them.
  const context = mkdtempSync(path.join(dir, 'context-'));
  try {
    for (const [image, name] of Object.entries(OWN)) {
      const file = inProject('test', 'node', 'images', `${name}.Dockerfile`);
      await build([`--file=${file}`, `--tag=${image}`, context], env);
    }
  } finally {
    rmSync(context, { recursive: true });
  }
  await must(process.execPath, [inProject('scripts', 'engine-image.mjs'), ENGINE_IMAGE], { env });
}

/** Named by what is in it, so that it is written once. @returns {Promise<string>} its file */
async function archive(dir, env) {
  const ids = await must('docker', ['image', 'inspect', '--format', '{{.Id}}', ...IMAGES], { env });
  const name = `images-${createHash('sha256').update(ids).digest('hex').slice(0, 12)}.tar`;
  const file = path.join(dir, name);
  if (existsSync(file)) return file;
  for (const old of readdirSync(dir).filter((entry) => /^images-\w+\.tar/.test(entry))) rmSync(path.join(dir, old));
  await must('docker', ['save', '--output', `${file}.new`, ...IMAGES], { env });
  renameSync(`${file}.new`, file);
  return file;
}

/**
 * @param {string} dir where images are kept, and used again: what `node test/image/main.mjs --dir` leaves will do
 * @param {(line: string) => void} say
 * @returns {Promise<string>} the archive
 * @throws {Error} where there can be no Docker daemon, and when a build fails
 */
export async function makeImages(dir, say) {
  mkdirSync(dir, { recursive: true });
  return withBuilder(dir, ['temporal-server'], say, async (env) => {
    await buildImages(dir, env, say);
    await buildStandIns(dir, env, say, ['postgresql', 'temporal', 'admin-tools']);
    await buildOwn(dir, env);
    return archive(dir, env);
  });
}
