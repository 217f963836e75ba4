/** Builds the workflow bundles beside the compiled worker, so that a worker starts without running webpack. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { FAILURE_CONVERTER } from '../platform/data-converter.js';
import { TRACED_WORKFLOWS } from './traced.js';
import { bundlePath } from './workflow-code.js';

const KINDS = [false, true].flatMap((encrypted) => [false, true].map((traced) => ({ encrypted, traced })));

for (const { encrypted, traced } of KINDS) {
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)),
    logger: new DefaultLogger('WARN'),
    ...(traced ? { workflowInterceptorModules: [TRACED_WORKFLOWS] } : {}),
    ...(encrypted ? { failureConverterPath: FAILURE_CONVERTER } : {}),
  });
  await writeFile(bundlePath({ encrypted, traced }), code);
}
