import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';
import { isTraced } from '../platform/is-traced.js';
import { TRACED_WORKFLOWS } from './traced.js';

export interface BundleKind {
  readonly encrypted: boolean;
  readonly traced: boolean;
}

/** Where the build puts a bundle. How workflows write their failures, and whether they have spans, is part of it: there are four. */
export function bundlePath({ encrypted, traced }: BundleKind): string {
  const kind = `${encrypted ? '-encrypted' : ''}${traced ? '-traced' : ''}`;
  return fileURLToPath(new URL(`../workflow-bundle${kind}.js`, import.meta.url));
}

/** The prebuilt bundle where there is one; compiled at start otherwise. */
export function workflowCode(
  encrypted: boolean,
  { interceptors }: Pick<WorkerOptions, 'interceptors'> = {}
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors'> {
  const traced = isTraced();
  const codePath = bundlePath({ encrypted, traced });
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return {
    workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)),
    ...(traced ? { interceptors: { ...interceptors, workflowModules: [TRACED_WORKFLOWS] } } : {}),
  };
}
