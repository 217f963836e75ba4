#!/usr/bin/env node
/**
 * Brings the test cluster up and keeps it until Ctrl-C.
 *
 * Usage: node test/cluster/rig/main.mjs [--dir FOLDER] [--gpus N] [--images FILE] [--no-ome]
 *
 *   --dir FOLDER    where data, logs and kubeconfigs are; kept, and used again (default: a temporary folder)
 *   --images FILE   a module whose default export says what runs for each image (default: stubs)
 */
import { register } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

register('../../support/typescript-hooks.mjs', import.meta.url);
const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    gpus: { type: 'string', default: '8' },
    images: { type: 'string' },
    'no-ome': { type: 'boolean', default: false },
  },
});
const { Rig, NODE } = await import('./rig.ts');
const images = values.images
  ? (await import(pathToFileURL(path.resolve(values.images)).href)).default
  : (await import('./stub-images.ts')).STUB_IMAGES;

const rig = await Rig.up({
  images,
  gpus: Number(values.gpus),
  ...(values.dir ? { dir: values.dir } : {}),
  ...(values['no-ome'] ? { ome: false } : {}),
});
console.log(`cluster is up, node ${NODE}, images ${Object.keys(images).join(', ')}`);
console.log(`export KUBECONFIG=${rig.kubeconfig}`);
console.log(`kubectl: ${rig.kubectlCommand.join(' ')}`);

let ending = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, async () => {
    if (ending) return;
    ending = true;
    await rig.down();
    process.exit(0);
  });
