/** Once per run of Jest, what all its files load. It is made from the sources, so that no build can be forgotten. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import writeFileAtomic from 'write-file-atomic';

const inProject = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

export default async function bundleWorkflows() {
  const file = inProject('.cache/test-results/workflow-bundle.json');
  const workflowsPath = inProject('src/workflows/index.ts');
  const bundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomic(file, JSON.stringify(bundle));
  process.env.WORKFLOW_BUNDLE_FILE = file;
}
