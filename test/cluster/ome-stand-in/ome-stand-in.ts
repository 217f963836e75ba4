/** The stand-in for OME's manager: watches OME's resources and what they own, and reconciles them. See README.md. */
import type { KubernetesObject, V1Deployment, V1Job } from '@kubernetes/client-node';
import type { Api } from '../rig/api.js';
import { Mirror } from '../rig/mirror.js';
import { Events } from '../rig/pods/events.js';
import { BenchmarkJobs } from './benchmark-jobs.js';
import { InferenceServices, type ServiceOptions } from './inference-services.js';
import { API_VERSION, OME, type BenchmarkJob, type InferenceService } from './types.js';
import { WorkQueue } from './work-queue.js';

export type OmeOptions = ServiceOptions;

export class OmeStandIn {
  private stops: (() => Promise<void>)[] = [];

  constructor(
    private readonly api: Api,
    private readonly options: OmeOptions = {}
  ) {}

  /** Resolves when everything that is there has been seen. */
  async start(): Promise<void> {
    const services = new InferenceServices(this.api, new Events(this.api, 'v1beta1Controllers'), this.options);
    const benchmarks = new BenchmarkJobs(this.api);
    await Promise.all([
      this.control<InferenceService, V1Deployment>('inferenceservices', '/apis/apps/v1/deployments', (service) =>
        services.reconcile(service)
      ),
      this.control<BenchmarkJob, V1Job>('benchmarkjobs', '/apis/batch/v1/jobs', (benchmark) =>
        benchmarks.reconcile(benchmark)
      ),
    ]);
  }

  /** A manager that is down: nothing is reconciled, and what has a finalizer stays. It may be started again. */
  async stop(): Promise<void> {
    const stops = this.stops;
    this.stops = [];
    await Promise.all(stops.map((stop) => stop()));
  }

  /** Reconciles a kind whenever an object of it, or one that such an object owns, changes. */
  private async control<T extends KubernetesObject, O extends KubernetesObject>(
    plural: string,
    ownedPath: string,
    reconcile: (object: T) => Promise<number | void>
  ): Promise<void> {
    const mirror: Mirror<T> = new Mirror<T>(this.api, `${OME}/${plural}`, (key) => queue.add(key));
    const queue = new WorkQueue(async (key) => {
      const object = mirror.items.get(key);
      return object && reconcile(object);
    });
    const owned = new Mirror<O>(this.api, ownedPath, (_, object, previous) => {
      const { ownerReferences = [], namespace } = (object ?? previous)?.metadata ?? {};
      for (const { apiVersion, name } of ownerReferences)
        if (apiVersion === API_VERSION) queue.add(`${namespace}/${name}`);
    });
    this.stops.push(async () => {
      mirror.stop();
      owned.stop();
      await queue.stop();
    });
    await Promise.all([mirror.start(), owned.start()]);
  }
}
