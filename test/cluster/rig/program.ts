/** The cluster's program, built when it is missing. */

export interface ClusterProgram {
  readonly program: string;
  readonly kwokCrds: string;
}

/** A plain script, shared with set-up; the specifier is no literal, since it has no types. */
const SCRIPT: string = '../../../scripts/lib/cluster-rig.mjs';

/**
 * @param onProgress is told what takes long.
 * @returns null without a sufficient version of Go; `onProgress` has been told so.
 */
export async function clusterProgram(onProgress: (line: string) => void): Promise<ClusterProgram | null> {
  const { ensureClusterRig } = (await import(SCRIPT)) as {
    ensureClusterRig(options: { onProgress(line: string): void }): Promise<ClusterProgram | null>;
  };
  return ensureClusterRig({ onProgress });
}
