/** From a finding to the error that ends the experiment, with the log lines and events that show it. */
import { TunerError } from '../../domain/failures.js';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import { classifyExit } from '../classify/classify.js';
import { excerpt } from '../classify/excerpt.js';
import { atPhase, type Phase } from '../classify/rule.js';
import { lastLines, warningLines } from './evidence.js';
import type { EventState } from './pod-state.js';
import type { Finding } from './recognise.js';

/** When a finding was made, and what the cluster said until then. */
export interface Circumstances {
  readonly phase: Phase;
  readonly events: readonly EventState[];
}

export async function explain(
  cluster: Cluster,
  namespace: string,
  { code, message, crashed }: Finding,
  { phase, events }: Circumstances
): Promise<TunerError> {
  const warnings = warningLines(events);
  const codeNow = atPhase(code, phase);
  if (!crashed) return new TunerError(codeNow, message.slice(0, 1000), warnings);
  const { pod, container, exit, restarted } = crashed;
  const lines = await lastLines(cluster, { namespace, pod, container, previous: restarted });
  // The kubelet knows that it was the kernel; the log cannot.
  if (code === 'OUT_OF_MEMORY') return new TunerError(codeNow, message, excerpt(lines, null, warnings));
  return classifyExit({ code: exit.exitCode, signal: null }, { lines, phase, events: warnings });
}
