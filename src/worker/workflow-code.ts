import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';

/** Where the build puts a bundle. How workflows write their failures is part of it, so that there are two. */
export function bundlePath(encrypted: boolean): string {
  return fileURLToPath(new URL(`../workflow-bundle${encrypted ? '-encrypted' : ''}.js`, import.meta.url));
}

/** The prebuilt bundle where there is one; compiled at start otherwise. */
export function workflowCode(encrypted: boolean): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  const codePath = bundlePath(encrypted);
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return { workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)) };
}
