import type { Leak } from '../../domain/tuning/experiment.js';
import { TunerError } from '../../domain/failures.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import { probeCompletion } from '../../platform/completion-client.js';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import type { OwnedProcesses } from '../../platform/owned-process.js';
import { classifySilence } from '../classify/classify.js';
import type { Deployment, Disturbance, Endpoint, EngineInfo, OwnedList, ServingBackend, Watching } from '../types.js';
import { readServingPlan, servedName } from './catalog.js';
import { readLease, renewLease } from './cluster-lease.js';
import { keepEvidence, lastLines, readEventsOf, readPods, engineSelector, warningLines } from './evidence.js';
import { explain } from './explain.js';
import { Forwards } from './forwards.js';
import { INFERENCE_SERVICE } from './kinds.js';
import { inferenceServiceOf } from './manifest.js';
import { listOwnedObjects } from './owned-objects.js';
import { isSameOwner, ownerOf } from './ownership.js';
import { describeEngine } from './provenance.js';
import { recognise } from './recognise.js';
import { removeEngine } from './remove-engine.js';
import { untilServing } from './until-serving.js';

const PROBE_TIMEOUT_MS = 10_000;

/** Engines that OME deploys on Kubernetes. */
export class OmeBackend implements ServingBackend {
  readonly name = 'ome';
  private readonly forwards: Forwards;

  /** @param namespaces in which this worker may work; the reaper covers exactly these. */
  constructor(
    private readonly cluster: Cluster,
    processes: OwnedProcesses,
    private readonly namespaces: readonly string[]
  ) {
    this.forwards = new Forwards(processes);
  }

  async deploy(deployment: Deployment, signal: AbortSignal): Promise<void> {
    const { name, owner, task, combination } = deployment;
    const { namespace } = task.model;
    this.checkNamespace(namespace);
    const plan = await readServingPlan(this.cluster, task, combination, signal);
    const existing = await this.cluster.get(INFERENCE_SERVICE, namespace, name, signal);
    if (existing && !isSameOwner(ownerOf(existing), owner)) {
      throw new TunerError(
        'NOT_OURS',
        `InferenceService '${name}' exists in '${namespace}', and this tune did not make it`
      );
    }
    if (existing) return;
    const manifest = inferenceServiceOf(deployment, plan);
    await this.cluster.apply(INFERENCE_SERVICE, manifest, true, signal);
    // The lease comes first: whatever happens after it, the reaper knows whose the rest is.
    await renewLease(this.cluster, { name, namespace, owner });
    await this.cluster.apply(INFERENCE_SERVICE, manifest, false, signal);
    await this.forwards.start({ name, owner, namespace, port: plan.port });
  }

  async waitUntilServing(deployment: Deployment, timeoutMs: number, watching: Watching): Promise<EngineInfo> {
    const { name, task, combination } = deployment;
    const { namespace } = task.model;
    const [lease, plan] = await Promise.all([
      readLease(this.cluster, namespace, name),
      readServingPlan(this.cluster, task, combination, watching.signal),
    ]);
    const localPort = await this.forwards.start({ ...deployment, namespace, port: plan.port });
    await untilServing(this.cluster, {
      name,
      namespace,
      baseUrl: `http://127.0.0.1:${localPort}`,
      modelName: servedName(task),
      // Only OME's own benchmark job needs its blessing; a completion is what counts.
      needsReady: task.benchmark.runner === 'ome-benchmark-job',
      deadlineMs: (lease?.acquiredAtMs ?? Date.now()) + timeoutMs,
      timeoutMs,
      unschedulableAfterMs: task.ome.unschedulable_after * 1000,
      ...watching,
    });
    return describeEngine(this.cluster, deployment, plan);
  }

  async endpoint(deployment: Deployment): Promise<Endpoint> {
    const { name, task, combination } = deployment;
    const { namespace } = task.model;
    const plan = await readServingPlan(this.cluster, task, combination);
    const localPort = await this.forwards.open({ ...deployment, namespace, port: plan.port });
    return {
      baseUrl: `http://127.0.0.1:${localPort}`,
      modelName: servedName(task),
      apiKeyFile: null,
      inCluster: { namespace, name, url: `http://${name}.${namespace}.svc.cluster.local:${plan.port}` },
    };
  }

  async diagnose(deployment: Deployment): Promise<TunerError | null> {
    const { name, task } = deployment;
    const { namespace } = task.model;
    const service = await this.cluster.get(INFERENCE_SERVICE, namespace, name);
    if (!service)
      return new TunerError('ENGINE_CRASHED', `the InferenceService '${name}' was deleted by somebody else`);
    const [pods, events] = await Promise.all([
      readPods(this.cluster, namespace, engineSelector(name)),
      readEventsOf(this.cluster, namespace, name),
    ]);
    const finding = recognise({ uid: service.metadata.uid ?? '', pods, events }, 0, Date.now());
    if (finding) return explain(this.cluster, namespace, finding, { phase: 'load', events });
    const { baseUrl, modelName } = await this.endpoint(deployment);
    const { signal } = new AbortController();
    const probe = await probeCompletion({
      baseUrl,
      modelName,
      apiKey: '',
      maxTokens: 1,
      timeoutMs: PROBE_TIMEOUT_MS,
      signal,
    });
    if (probe.state === 'served') return null;
    const [pod] = pods;
    const container = pod?.status.containerStatuses[0]?.name ?? '';
    const lines = pod ? await lastLines(this.cluster, { namespace, pod: pod.metadata.name, container }) : [];
    const message = `the engine runs but does not answer: ${probe.saw}`;
    return classifySilence(
      { code: 'ENGINE_UNRESPONSIVE', message },
      { lines, phase: 'load', events: warningLines(events) }
    );
  }

  disturbances({ name }: Deployment): Promise<Disturbance[]> {
    return this.forwards.disturbances(name);
  }

  mend({ name }: Deployment): Promise<void> {
    return this.forwards.mend(name);
  }

  async renew({ name, owner, task }: Deployment): Promise<void> {
    await renewLease(this.cluster, { name, namespace: task.model.namespace, owner });
  }

  async tearDown(name: string, keepLogIn: string | null): Promise<readonly Leak[]> {
    const leaks: Leak[] = [];
    for (const namespace of this.namespaces) {
      if (keepLogIn) await keepEvidence(this.cluster, namespace, name, keepLogIn);
      leaks.push(...(await removeEngine(this.cluster, namespace, name)));
    }
    await this.forwards.close(name);
    return leaks;
  }

  /** The way to an engine is a process of this host, which the backend `process` lists. */
  async listOwned(): Promise<OwnedList> {
    const lists = await Promise.all(this.namespaces.map((namespace) => listOwnedObjects(this.cluster, namespace)));
    return {
      owned: lists.flatMap(({ owned }) => owned),
      problems: lists.flatMap(({ problems }) => problems),
    };
  }

  private checkNamespace(namespace: TuningTask['model']['namespace']): void {
    if (this.namespaces.includes(namespace)) return;
    throw new TunerError(
      'NOT_ALLOWED',
      `this worker works in ${this.namespaces.join(', ')} only, not in '${namespace}': AUTOTUNER_NAMESPACES names them`
    );
  }
}
