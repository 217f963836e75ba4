/** OME's CustomResourceDefinitions: its own where they are at hand, otherwise ours of the same shape. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ownDefinitions } from '../ome-crds/definitions.js';
import { readTexts } from './prepared-data.js';

/** OME has more; these are used. */
const KINDS = [
  'basemodels',
  'benchmarkjobs',
  'clusterbasemodels',
  'clusterservingruntimes',
  'inferenceservices',
  'servingruntimes',
];
const BESIDE = fileURLToPath(new URL('../../../../shared/data/ome-crds', import.meta.url));

/**
 * Looks in the folder that OME_CRDS_DIR names, then in the one beside the repository. `OME_CRDS_DIR=own` means our own.
 * @returns the definitions as YAML, and in words where they are from.
 * @throws Error when the folder lacks one of the kinds.
 */
export async function omeDefinitions(): Promise<{ readonly definitions: readonly string[]; readonly from: string }> {
  const chosen = process.env['OME_CRDS_DIR'];
  const dir = chosen || (existsSync(BESIDE) ? BESIDE : 'own');
  if (dir === 'own') return { definitions: ownDefinitions(), from: 'our own' };
  const texts = await readTexts(dir);
  const definitions = KINDS.map((kind) => {
    const found = texts.find((text) => new RegExp(`^  name: ${kind}\\.ome\\.io$`, 'm').test(text));
    if (found === undefined) throw new Error(`${dir} has no CustomResourceDefinition ${kind}.ome.io`);
    return found;
  });
  return { definitions, from: dir };
}
