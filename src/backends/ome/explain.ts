/** From a finding to the error that ends the experiment, with the log lines and events that show it. */
import { TunerError } from '../../domain/failures.js';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import { classifyExit } from '../classify-exit.js';
import { lastLines, warningLines } from './evidence.js';
import type { EventState } from './pod-state.js';
import type { Finding } from './recognise.js';

export async function explain(
  cluster: Cluster,
  namespace: string,
  { code, message, crashed }: Finding,
  events: readonly EventState[]
): Promise<TunerError> {
  const warnings = warningLines(events);
  if (!crashed) return new TunerError(code, message.slice(0, 1000), warnings);
  const { pod, container, exit, restarted } = crashed;
  const lines = await lastLines(cluster, { namespace, pod, container, previous: restarted });
  const evidence = [...warnings.slice(-5), ...lines];
  if (code === 'OUT_OF_MEMORY') return new TunerError(code, message, evidence);
  const cause = classifyExit({ code: exit.exitCode, signal: null }, lines);
  return new TunerError(cause.code, cause.message, evidence);
}
