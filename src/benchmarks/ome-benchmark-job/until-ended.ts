/** Waits for the end of a BenchmarkJob by watching it and its pod. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '@kubernetes/client-node';
import { z } from 'zod';
import { listPods } from '../../backends/ome/evidence.js';
import { BENCHMARK_JOB } from '../../backends/ome/kinds.js';
import { readPod, type PodState } from '../../backends/ome/pod-state.js';
import { recognise } from '../../backends/ome/recognise.js';
import { TunerError } from '../../domain/failures.js';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import { watchList } from '../../platform/kubernetes/watch.js';
import type { RunOptions } from '../types.js';

export interface JobRequest extends Pick<RunOptions, 'signal' | 'onProgress'> {
  readonly name: string;
  readonly namespace: string;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** The whole time limit, for the message. */
  readonly timeoutMs: number;
  readonly unschedulableAfterMs: number;
  /** Told once, when the job's pod has a node. */
  readonly onScheduled: (node: string) => void;
}

/** `Complete` in older versions of OME. Its conditions say nothing. */
const statusSchema = z.object({
  status: z.object({ state: z.enum(['Pending', 'Running', 'Completed', 'Complete', 'Failed']).optional() }).optional(),
});

/** @throws TunerError BENCHMARK_TIMEOUT, and what keeps the job's pod from starting; the reason of `signal`. */
export async function untilEnded(cluster: Cluster, request: JobRequest): Promise<'Completed' | 'Failed'> {
  const { name, namespace, signal, onProgress } = request;
  let jobs: readonly KubernetesObject[] | null = null;
  let pods: readonly KubernetesObject[] = [];
  let failed: unknown = null;
  let node: string | undefined;
  let wake = (): void => undefined;
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  const byName = { fieldSelector: `metadata.name=${name}` };
  const labelSelector = `benchmark=${name}`;
  const watching = Promise.all([
    watchList(cluster.config, {
      path: `/apis/ome.io/v1beta1/namespaces/${namespace}/benchmarkjobs`,
      query: byName,
      list: (over) => cluster.list(BENCHMARK_JOB, namespace, byName, over),
      signal: ended,
      onChange: (objects) => {
        jobs = objects;
        wake();
      },
    }),
    watchList(cluster.config, {
      path: `/api/v1/namespaces/${namespace}/pods`,
      query: { labelSelector },
      list: (over) => listPods(cluster, namespace, labelSelector, over),
      signal: ended,
      onChange: (objects) => {
        pods = objects;
        wake();
      },
    }),
  ]).catch((error: unknown) => {
    failed = error;
    wake();
  });
  try {
    for (;;) {
      signal.throwIfAborted();
      if (failed) throw failed;
      const changed = new Promise<void>((resolve) => (wake = resolve));
      const [job] = jobs ?? [];
      if (jobs && !job)
        throw new TunerError('BENCHMARK_FAILED', `the BenchmarkJob '${name}' was deleted by somebody else`);
      const state = statusSchema.safeParse(job).data?.status?.state;
      if (state === 'Failed') return 'Failed';
      if (state === 'Completed' || state === 'Complete') return 'Completed';
      const states = pods.map((object) => readPod(object)).filter((pod) => pod !== null);
      checkPods(states, request);
      const scheduled = states.find((pod) => pod.spec.nodeName)?.spec.nodeName;
      if (scheduled && !node) request.onScheduled((node = scheduled));
      if (Date.now() > request.deadlineMs) {
        const limit = request.timeoutMs / 1000;
        throw new TunerError(
          'BENCHMARK_TIMEOUT',
          `the benchmark job took longer than ${limit} s; its state is ${state ?? 'empty'}`
        );
      }
      onProgress({ finishedLoads: 0, totalLoads: 0, message: `the benchmark job is ${state ?? 'new'}` });
      await Promise.race([changed, sleep(1000, undefined, { ref: false })]);
    }
  } finally {
    stop.abort();
    await watching;
  }
}

/** What keeps the pod from starting never shows in the job's state. */
function checkPods(pods: readonly PodState[], { unschedulableAfterMs }: JobRequest): void {
  const finding = recognise({ uid: '', pods, events: [] }, unschedulableAfterMs, Date.now());
  // A pod that has failed is followed by the job's own state.
  if (!finding || finding.crashed || finding.code === 'ENGINE_CRASHED') return;
  throw new TunerError(finding.code, `the benchmark job: ${finding.message}`);
}
