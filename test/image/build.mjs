/** Makes the images: the two of the Dockerfile, the larger one by the compose file, and what stands for those of others. */
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

import { ensureDebianPackages } from '../../scripts/lib/debian-packages.mjs';
import { whyNoDaemon } from '../../scripts/lib/docker-daemon.mjs';
import { ensureGoTool, findGoTool } from '../../scripts/lib/go-tools.mjs';
import { inCache, inProject } from '../../scripts/lib/paths.mjs';
import { baseImage, makeBaseImage } from './base-image.mjs';
import { startDaemon } from './daemon.mjs';
import { must } from './must.mjs';

const STAND_INS = inProject('test', 'image', 'stand-ins');

/** On the base image. Without a bridge only this machine's network is there. */
export const build = (args, env) =>
  must('docker', ['build', '--network=host', `--build-arg=NODE_IMAGE=${baseImage()}`, ...args], { env });

/**
 * @template T
 * @param {string} dir where the daemon keeps images
 * @param {string[]} tools of Go, that are built before
 * @param {(line: string) => void} say
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} work what is built; `env` leads to the daemon, which ends after it
 * @throws {Error} what is missing, and when a build fails
 */
export async function withBuilder(dir, tools, say, work) {
  const why = await whyNoDaemon();
  if (why !== null) throw new Error(why);
  if (!(await ensureDebianPackages({ debootstrap: 'debootstrap' }, { onProgress: say })))
    throw new Error('no debootstrap');
  for (const tool of tools) if (!(await ensureGoTool(tool, { onProgress: say }))) throw new Error(`no ${tool}`);
  const daemon = await startDaemon(path.join(dir, 'docker'), { bridge: false });
  try {
    return await work(daemon.env);
  } finally {
    await daemon.stop();
  }
}

export async function buildImages(dir, env, say) {
  await makeBaseImage(dir, env);
  say(`made ${baseImage()}`);
  await build(['--target=api', '--tag=inference-autotuner-api:0.1.0', inProject()], env);
  say('built the target api');
  await build(['--tag=inference-autotuner:0.1.0', inProject()], env);
  say('built the target worker');
}

/** For each of these services, under the name in the compose file. */
export async function buildStandIns(dir, env, say, names = ['postgresql', 'temporal', 'admin-tools', 'prometheus']) {
  const { services } = parse(readFileSync(inProject('deploy', 'compose', 'compose.yaml'), 'utf8'), { merge: true });
  const programs = { temporal: ['temporal-server'], 'admin-tools': ['temporal', 'temporal-sql-tool'] };
  const found = { ...services, 'admin-tools': services['temporal-namespace'] };
  for (const name of names) {
    const context = path.join(dir, 'context');
    rmSync(context, { recursive: true, force: true });
    mkdirSync(context);
    cpSync(STAND_INS, context, { recursive: true });
    for (const program of programs[name] ?? []) {
      const from = program === 'temporal' ? inCache('bin', program) : path.join(findGoTool('temporal-server'), program);
      copyFileSync(from, path.join(context, program));
    }
    const { image } = found[name];
    await build([`--file=${path.join(context, `${name}.Dockerfile`)}`, `--tag=${image}`, context], env);
    say(`made a stand-in for ${image}`);
  }
}
