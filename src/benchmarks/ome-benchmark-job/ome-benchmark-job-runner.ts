import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keptLog, lastLines, readPods } from '../../backends/ome/evidence.js';
import { BENCHMARK_JOB, JOB } from '../../backends/ome/kinds.js';
import { isSameOwner, ownerOf } from '../../backends/ome/ownership.js';
import { removeOwned } from '../../backends/ome/remove-engine.js';
import type { Leak } from '../../domain/tuning/experiment.js';
import { TunerError } from '../../domain/failures.js';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import type { Manifest } from '../../platform/kubernetes/manifest.js';
import { isNotFound } from '../../platform/kubernetes/cluster.js';
import { timeOf } from '../../platform/kubernetes/lenient.js';
import { readMeasuredLoads, readToolVersion } from '../genai-bench/result-files.js';
import { classifyTool } from '../classify-tool.js';
import type { BenchmarkRequest, BenchmarkResult, BenchmarkRunner, RunOptions } from '../types.js';
import { benchmarkJobOf, RESULT_FOLDER } from './manifest.js';
import { createReader, fetchResults, removeReader } from './read-results.js';
import { untilEnded } from './until-ended.js';

/** The label that OME gives to the job of a BenchmarkJob and to its pods. */
const jobSelector = (name: string): string => `benchmark=${name}`;

/** OME's own BenchmarkJob: the load is made in the cluster, and only its result files come here. */
export class OmeBenchmarkJobRunner implements BenchmarkRunner {
  readonly name = 'ome-benchmark-job';

  /** @param namespaces in which this worker may work. */
  constructor(
    private readonly cluster: Cluster,
    private readonly namespaces: readonly string[]
  ) {}

  async run(request: BenchmarkRequest, options: RunOptions): Promise<BenchmarkResult> {
    const { name, outputDir, loads, benchmark, ome, timeoutMs } = request;
    const inCluster = request.endpoint.inCluster;
    if (!inCluster)
      throw new TunerError('BACKEND_UNAVAILABLE', "ome-benchmark-job needs an engine of the backend 'ome'");
    const { namespace } = inCluster;
    const folder = join(outputDir, RESULT_FOLDER);
    const job = await this.findOrCreate(request, inCluster, options.signal);
    const startedAtMs = timeOf(job.metadata.creationTimestamp) ?? Date.now();
    const { claim, reader_image: image } = ome.benchmark;
    const reading = { ...request, namespace, claim, image, into: folder, signal: options.signal };
    const state = await untilEnded(this.cluster, {
      name,
      namespace,
      deadlineMs: startedAtMs + timeoutMs,
      timeoutMs,
      unschedulableAfterMs: ome.unschedulable_after * 1000,
      // Made now it is ready at the job's end. If that fails it is made then, and says why.
      onScheduled: (node) => void createReader(this.cluster, { ...reading, node }).catch(() => undefined),
      ...options,
    });
    const totalSeconds = (Date.now() - startedAtMs) / 1000;
    const [pod] = await readPods(this.cluster, namespace, jobSelector(name));
    const container = pod?.status.containerStatuses[0]?.name ?? 'genai-bench';
    const lines = pod ? await lastLines(this.cluster, { namespace, pod: pod.metadata.name, container }) : [];
    if (state === 'Failed') {
      if (pod) await this.keepLog(namespace, pod.metadata.name, container, outputDir);
      const { code, why, evidence } = classifyTool(lines);
      const last = lines.at(-1)?.trim().slice(0, 300) ?? 'its pod left no log';
      throw new TunerError(code, `the benchmark job failed; ${why ?? last}`, evidence);
    }
    await rm(folder, { recursive: true, force: true });
    await fetchResults(this.cluster, { ...reading, node: pod?.spec.nodeName ?? null });
    try {
      const measuredLoads = await readMeasuredLoads(folder, {
        loads,
        maxErrorRate: benchmark.max_error_rate,
        goodput: benchmark.goodput,
        // The load was made beside the engine: what broke on the way to this host did not touch it.
        disturbances: [],
      });
      const measurements = measuredLoads.map(({ measurement }) => measurement);
      const windows = measuredLoads.map(({ window }) => window);
      const measured = measurements.reduce((sum, measurement) => sum + measurement.duration_s, 0);
      const toolVersion = await readToolVersion(folder);
      return { measurements, windows, toolVersion, totalSeconds, toolSeconds: totalSeconds - measured };
    } catch (error) {
      if (error instanceof TunerError) throw new TunerError(error.code, error.message, classifyTool(lines).evidence);
      throw error;
    }
  }

  async stop(name: string): Promise<readonly Leak[]> {
    const leaks = await Promise.all(
      this.namespaces.map(async (namespace) => {
        await removeReader(this.cluster, namespace, name);
        return removeOwned(this.cluster, BENCHMARK_JOB, namespace, name, () => this.remains(namespace, name));
      })
    );
    return leaks.filter((leak) => leak !== null);
  }

  /** A second call, of this worker or the next, goes on with what the first one made. */
  private async findOrCreate(
    request: BenchmarkRequest,
    inCluster: { readonly namespace: string; readonly name: string; readonly url: string },
    signal: AbortSignal
  ): Promise<Manifest> {
    const { name, owner, ome } = request;
    const { namespace } = inCluster;
    const existing = await this.cluster.get(BENCHMARK_JOB, namespace, name, signal);
    if (existing && isSameOwner(ownerOf(existing), owner)) return existing;
    if (existing) {
      throw new TunerError(
        'NOT_OURS',
        `BenchmarkJob '${name}' exists in '${namespace}', and this tune did not make it`
      );
    }
    await this.checkClaim(namespace, ome.benchmark.claim, signal);
    const manifest = benchmarkJobOf(request, inCluster);
    await this.cluster.apply(BENCHMARK_JOB, manifest, true, signal);
    await request.beforeLoad();
    return this.cluster.apply(BENCHMARK_JOB, manifest, false, signal);
  }

  /** Without its claim the job would wait for ever, and say nothing. */
  private async checkClaim(namespace: string, name: string, signal: AbortSignal): Promise<void> {
    try {
      await this.cluster.request(`read the claim ${name}`, signal, (options) =>
        this.cluster.core.readNamespacedPersistentVolumeClaim({ name, namespace }, options)
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const message = `there is no PersistentVolumeClaim '${name}' in '${namespace}'`;
      throw new TunerError('CLAIM_NOT_FOUND', message, [], { cause: error });
    }
  }

  private async keepLog(namespace: string, pod: string, container: string, dir: string): Promise<void> {
    const text = await keptLog(this.cluster, { namespace, pod, container });
    if (text !== '') await writeFile(join(dir, 'benchmark-job.log'), text);
  }

  private async remains(namespace: string, name: string): Promise<string[]> {
    const labelSelector = jobSelector(name);
    const jobs = await this.cluster.list(JOB, namespace, { labelSelector });
    const pods = await readPods(this.cluster, namespace, labelSelector);
    return [...jobs.items.map((item) => `job ${item.metadata.name}`), ...pods.map((pod) => `pod ${pod.metadata.name}`)];
  }
}
