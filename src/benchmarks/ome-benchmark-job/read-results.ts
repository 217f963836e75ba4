/** Brings the result files of a BenchmarkJob from its claim to this host: the job's status holds none of them. */
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { extract } from 'tar-stream';
import { readPods } from '../../backends/ome/evidence.js';
import { OWNED_SELECTOR, ownedAnnotations, ownedLabels, READER_SUFFIX } from '../../backends/ome/ownership.js';
import { isReady } from '../../backends/ome/pod-state.js';
import { recognise } from '../../backends/ome/recognise.js';
import type { Owner } from '../../backends/types.js';
import { TunerError } from '../../domain/failures.js';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import { apiStatusOf } from '../../platform/kubernetes/cluster-errors.js';
import { runInPod } from '../../platform/kubernetes/pod-exec.js';

export interface ResultsRequest {
  readonly name: string;
  readonly namespace: string;
  readonly owner: Owner;
  readonly claim: string;
  readonly image: string;
  /** The node where the job ran: a claim that one node may mount is still there. */
  readonly node: string | null;
  /** A folder of this machine; made if missing. */
  readonly into: string;
  readonly signal: AbortSignal;
}

const MOUNT = '/results';
const CONTAINER = 'reader';
const MAX_BYTES = 256 * 2 ** 20;
const READY_WITHIN_MS = 180_000;
const EXEC_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 250;

function readerName(name: string): string {
  return `${name}${READER_SUFFIX}`;
}

/** Reads the files through the reader's pod. @throws TunerError BENCHMARK_FAILED and what keeps the pod from starting. */
export async function fetchResults(cluster: Cluster, request: ResultsRequest): Promise<void> {
  const { name, namespace, into } = request;
  await createReader(cluster, request);
  await untilReady(cluster, request);
  const archive = await runInReader(cluster, namespace, name, ['tar', '-cf', '-', name]);
  await mkdir(into, { recursive: true });
  await unpackJson(archive, into);
}

/** Removes the files from the claim, and the pod. Nothing to do is a success. */
export async function removeReader(cluster: Cluster, namespace: string, name: string): Promise<void> {
  const own = readerName(name);
  const pods = await readPods(cluster, namespace, OWNED_SELECTOR);
  if (pods.some((pod) => pod.metadata.name === own && isReady(pod))) {
    // The claim is small and shared. What is left of a failed removal harms nobody but its size.
    await runInReader(cluster, namespace, name, ['rm', '-rf', name]).catch(() => undefined);
  }
  await cluster.unlessGone(`delete pod ${own}`, (options) =>
    cluster.core.deleteNamespacedPod({ name: own, namespace, gracePeriodSeconds: 0 }, options)
  );
}

function runInReader(cluster: Cluster, namespace: string, name: string, command: readonly string[]): Promise<Buffer> {
  const where = { namespace, pod: readerName(name), container: CONTAINER };
  return runInPod(cluster.config, { ...where, command, timeoutMs: EXEC_WITHIN_MS, maxBytes: MAX_BYTES });
}

/** Makes the pod, or leaves alone the one that an earlier call has made. It is made while the job runs, so that it is ready at its end. */
export async function createReader(cluster: Cluster, request: ResultsRequest): Promise<void> {
  const { name, namespace, owner, claim, image, node } = request;
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: readerName(name), namespace, labels: ownedLabels(owner), annotations: ownedAnnotations(owner) },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      // A forgotten one ends by itself.
      activeDeadlineSeconds: 1800,
      ...(node ? { nodeName: node, tolerations: [{ operator: 'Exists' }] } : {}),
      containers: [
        {
          name: CONTAINER,
          image,
          command: ['sleep', '1800'],
          workingDir: MOUNT,
          volumeMounts: [{ name: 'results', mountPath: MOUNT }],
          resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            seccompProfile: { type: 'RuntimeDefault' },
          },
        },
      ],
      volumes: [{ name: 'results', persistentVolumeClaim: { claimName: claim } }],
    },
  };
  try {
    await cluster.request(`create pod ${body.metadata.name}`, request.signal, (options) =>
      cluster.core.createNamespacedPod({ namespace, body }, options)
    );
  } catch (error) {
    // An earlier call made it; the name is this experiment's alone.
    if (apiStatusOf(error)?.code !== 409) throw error;
  }
}

async function untilReady(cluster: Cluster, { name, namespace, signal }: ResultsRequest): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  const own = readerName(name);
  for (;;) {
    const pods = (await readPods(cluster, namespace, OWNED_SELECTOR)).filter(({ metadata }) => metadata.name === own);
    if (pods.some(isReady)) return;
    const finding = recognise({ uid: '', pods, events: [] }, READY_WITHIN_MS, Date.now());
    if (finding || Date.now() > deadline) {
      const why = finding?.message ?? `its pod was not ready within ${READY_WITHIN_MS / 1000} s`;
      throw new TunerError('BENCHMARK_FAILED', `the result files cannot be read: ${why}`);
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/**
 * Takes JSON files by their last name alone: where an archive wants them to be is its own affair.
 * @throws TunerError BENCHMARK_FAILED when it is no archive.
 */
export async function unpackJson(archive: Buffer, into: string): Promise<void> {
  const unpacking = extract();
  Readable.from([archive]).pipe(unpacking);
  try {
    for await (const entry of unpacking) {
      const file = basename(entry.header.name);
      if (entry.header.type === 'file' && /^[\w.(),-]{1,200}\.json$/.test(file)) {
        const chunks: Buffer[] = [];
        for await (const chunk of entry) chunks.push(chunk as Buffer);
        await writeFile(join(into, file), Buffer.concat(chunks));
        // When a load ended is known by its file alone.
        const { mtime } = entry.header;
        if (mtime && Number.isFinite(mtime.getTime()))
          await utimes(join(into, file), mtime, mtime).catch(() => undefined);
      } else entry.resume();
    }
  } catch (error) {
    throw new TunerError('BENCHMARK_FAILED', 'the archive of the result files cannot be read', [], { cause: error });
  }
}
