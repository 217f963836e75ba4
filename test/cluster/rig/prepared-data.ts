/**
 * etcd's data with the CustomResourceDefinitions already in it. OME's are so large that an API server needs ten seconds to take
 * them in; so that is done once, and every run begins with a copy.
 */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApiServer } from './api-server.js';
import { Children } from './children.js';
import type { ClusterProgram } from './program.js';
import { until } from './wait.js';

const STAGES = '/apis/kwok.x-k8s.io/v1alpha1/stages';
const STAGES_DIR = fileURLToPath(new URL('stages/', import.meta.url));
/** kwok has more; these are used. */
const KWOK_KINDS = ['stages', 'portforwards', 'logs', 'execs'];

/**
 * Fills a run's data folder, unless it holds data already.
 * @param definitions CustomResourceDefinitions as YAML, in addition to kwok's.
 */
export async function copyPreparedData(
  target: string,
  { program, kwokCrds }: ClusterProgram,
  definitions: readonly string[],
  onProgress: (line: string) => void
): Promise<void> {
  if (await exists(target)) return;
  const own = KWOK_KINDS.map((kind) => join(kwokCrds, `kwok.x-k8s.io_${kind}.yaml`));
  const kwok = await Promise.all(own.map((file) => readFile(file, 'utf8')));
  const stages = await readTexts(STAGES_DIR);
  const contents = [...kwok, ...definitions, ...stages];
  const hash = createHash('sha256').update(contents.join('\0')).digest('hex').slice(0, 12);
  // Beside the program, so that both go together.
  const prepared = join(dirname(program), `data-${hash}`);
  if (!(await exists(prepared))) {
    onProgress("preparing the test cluster's data, once: about 20 seconds");
    await prepare(prepared, program, [...kwok, ...definitions], stages);
  }
  await cp(prepared, target, { recursive: true });
}

async function prepare(
  prepared: string,
  program: string,
  definitions: readonly string[],
  stages: readonly string[]
): Promise<void> {
  const dir = await mkdtemp(`${prepared}-`);
  const children = await Children.guarded(dir);
  try {
    const server = await ApiServer.start({ dir, children, program, users: [] });
    await server.install(definitions);
    // A collection may take a moment after its definition is established.
    for (const text of stages)
      await until('stages to be served', () => server.api.createYaml(STAGES, text).then(() => true));
    await server.stop();
    // Another run may have been faster.
    await rename(join(dir, 'etcd'), prepared).catch(async (error: unknown) => {
      if (!(await exists(prepared))) throw error;
    });
  } finally {
    await children.end();
    await rm(dir, { recursive: true, force: true });
  }
}

/** The YAML files of a folder. */
export async function readTexts(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false
  );
}
