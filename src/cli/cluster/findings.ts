/** What `autotuner cluster check` says of one thing. */
import pc from 'picocolors';
import { apiStatusOf } from '../../platform/kubernetes/cluster-errors.js';

export interface ClusterFinding {
  /** `missing`: every tune needs it; `warning`: some do; `unknown`: this account may not look. */
  readonly state: 'ok' | 'warning' | 'missing' | 'unknown';
  readonly what: string;
  readonly found: string;
  /** What to do about it; empty when all is well. */
  readonly advice: string;
}

export const INSTALL_OME = "'autotuner cluster install --install-ome' installs it";

const INDENT = ' '.repeat(32);

/** One line, and the advice below it unless all is well. */
export function describeClusterFinding({ state, what, found, advice }: ClusterFinding): string {
  const mark = {
    ok: pc.green('ok     '),
    warning: pc.yellow('warning'),
    missing: pc.red('missing'),
    unknown: pc.dim('unknown'),
  }[state];
  return `${mark}  ${what.padEnd(22)} ${found}${state === 'ok' ? '' : `\n${INDENT}${advice}`}`;
}

/** What may not be read is neither well nor wrong. */
export async function unlessForbidden(what: string, look: () => Promise<ClusterFinding>): Promise<ClusterFinding> {
  try {
    return await look();
  } catch (error) {
    if (apiStatusOf(error)?.code !== 403) throw error;
    return { state: 'unknown', what, found: 'this account may not read it', advice: 'ask with an account that may' };
  }
}
