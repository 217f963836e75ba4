/** Builds the workflow bundle beside the compiled worker, so that a worker starts without running webpack. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)),
  logger: new DefaultLogger('WARN'),
});
await writeFile(fileURLToPath(new URL('../workflow-bundle.js', import.meta.url)), code);
