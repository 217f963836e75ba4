/** BenchmarkJob -> Job, status. */
import { isDeepStrictEqual } from 'node:util';
import type { V1Job, V1JobCondition } from '@kubernetes/client-node';
import { unless, type Api } from '../rig/api.js';
import type { Target } from './benchmark-arguments.js';
import { benchmarkJob } from './benchmark-pod.js';
import { ensureFinalizer } from './finalizer.js';
import { findModel } from './references.js';
import { API_VERSION, OME, type BenchmarkJob, type BenchmarkStatus, type InferenceService } from './types.js';

const FINALIZER = 'benchmarkjob.finalizers';
/** It does not watch InferenceServices. */
const NOT_READY_MS = 60_000;

export class BenchmarkJobs {
  constructor(private readonly api: Api) {}

  /**
   * Does what is to be done for a BenchmarkJob now.
   * @returns after how many milliseconds to look again, when it has to wait.
   * @throws Error for whatever is wrong; it is to be tried again. There is no event.
   */
  async reconcile(benchmark: BenchmarkJob): Promise<number | void> {
    const { name = '', namespace = '' } = benchmark.metadata ?? {};
    const path = `${OME}/namespaces/${namespace}/benchmarkjobs/${name}`;
    const typed = { ...benchmark, apiVersion: API_VERSION, kind: 'BenchmarkJob' };
    if (!(await ensureFinalizer(this.api, path, benchmark, FINALIZER))) return;
    const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    const job = await this.api.find<V1Job>(`${jobs}/${name}`);
    await this.writeStatus(path, typed, job);
    if (job) return;
    const target = await this.targetOf(benchmark);
    if (target === 'not ready') return NOT_READY_MS;
    // Another attempt may have created it.
    await this.api.create(jobs, benchmarkJob(typed, target)).catch(unless(409));
  }

  private async targetOf({ spec, metadata }: BenchmarkJob): Promise<Target | 'not ready'> {
    const { endpoint, inferenceService: reference } = spec.endpoint;
    const direct: Target | null = endpoint
      ? { kind: 'endpoint', url: endpoint.url, apiFormat: endpoint.apiFormat, modelName: endpoint.modelName ?? '' }
      : null;
    if (!reference) {
      if (direct) return direct;
      throw new Error('invalid EndpointSpec: both Endpoint and InferenceService are nil');
    }
    const path = `${OME}/namespaces/${reference.namespace}/inferenceservices/${reference.name}`;
    const service = await this.api.get<InferenceService>(path);
    if (!service.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))
      return 'not ready';
    if (direct) return direct;
    const name = service.spec?.model?.name ?? '';
    const model = await findModel(this.api, name, metadata?.namespace ?? '');
    if (!model)
      throw new Error(`failed to get BaseModel ${name}: No BaseModel or ClusterBaseModel with the name: ${name}`);
    return { kind: 'service', service, model };
  }

  private async writeStatus(path: string, { status }: BenchmarkJob, job: V1Job | null): Promise<void> {
    const state = stateOf(job);
    if (status?.state === state) return;
    const changed: BenchmarkStatus = { state, lastReconcileTime: now(), ...times(job, state) };
    if (!isDeepStrictEqual(status, changed)) await this.api.patch(`${path}/status`, { status: changed });
  }
}

function stateOf(job: V1Job | null): BenchmarkStatus['state'] {
  if (!job) return 'Pending';
  if (condition(job, 'Failed')) return 'Failed';
  return job.status?.completionTime || condition(job, 'Complete') ? 'Completed' : 'Running';
}

/** The message is the Job's own; what really went wrong is in the pod's log. */
function times(job: V1Job | null, state: BenchmarkStatus['state']): Partial<BenchmarkStatus> {
  const startTime = job?.status?.startTime?.toString() ?? null;
  const failed = job && condition(job, 'Failed');
  const ended = failed?.lastTransitionTime ?? job?.status?.completionTime ?? null;
  if (state !== 'Failed' && state !== 'Completed') return { startTime, completionTime: null, failureMessage: null };
  return { startTime, completionTime: ended?.toString() ?? now(), failureMessage: failed?.message ?? null };
}

function condition({ status }: V1Job, type: string): V1JobCondition | undefined {
  return status?.conditions?.find((candidate) => candidate.type === type && candidate.status === 'True');
}

/** Kubernetes' own resolution. */
function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}
