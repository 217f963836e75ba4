/** What the contract tests make and remove of OME's resources, in the namespace of their run. */
import { listeningEngine } from './contract-engine.js';
import type { OmeCluster } from './ome-cluster.js';
import {
  benchmarkJob,
  FORMAT,
  FRAMEWORK,
  inferenceService,
  model,
  MODEL,
  runtime,
  RUNTIME,
  type Place,
} from './ome-resources.js';
import { modelLabel } from './ome-stand-in/names.js';
import type { BenchmarkJob, InferenceService } from './ome-stand-in/types.js';
import { OmeView, type Resource } from './ome-view.js';
import { claim } from './support.js';

/** A folder that every node has: a missing one would be made, and stay. */
export const MODEL_FOLDER = '/mnt';
export const CLAIM = 'results';

export class OmeObjects extends OmeView {
  /** The model and the runtime of every InferenceService that names no others. */
  readonly place: Place;
  /** A format of our own: our runtimes serve nobody else's models, and nobody else's serve ours. */
  private readonly format: typeof FORMAT;

  private constructor(cluster: OmeCluster) {
    super(cluster);
    const { own } = cluster;
    this.place = { namespace: own.namespace, model: own.name(MODEL), runtime: own.name(RUNTIME) };
    this.format = { ...FORMAT, name: own.name('format') };
  }

  /** With a model that is on the node, a runtime, and a claim. */
  static async create(cluster: OmeCluster): Promise<OmeObjects> {
    const objects = new OmeObjects(cluster);
    await objects.putOnNode(await objects.createModel(MODEL));
    await objects.createRuntime(RUNTIME);
    // It is never bound: the pods of jobs wait, and the tests say how they end. So no image has to be at hand.
    const { spec, ...rest } = claim(CLAIM) as { spec: object };
    const unbound = { ...spec, storageClassName: '', volumeName: cluster.own.name('no-volume') };
    await cluster.api.create(objects.path('persistentvolumeclaims'), { ...rest, spec: unbound });
    return objects;
  }

  /** A ClusterBaseModel that is on no node. @returns its name. */
  async createModel(base: string, more: object = {}): Promise<string> {
    const name = this.cluster.own.name(base);
    // Meant for no node: otherwise OME's model agent would try to get it.
    const storage = { storageUri: `hf://test/${name}`, path: MODEL_FOLDER, nodeSelector: { 'tuner.test/no': 'node' } };
    const object = model(name, MODEL_FOLDER, { modelFormat: this.format, storage, ...more });
    await this.cluster.own.createInCluster('clusterbasemodels', object);
    return name;
  }

  /** What OME's model agent does when it has got a model. */
  putOnNode(name: string): Promise<void> {
    return this.cluster.own.label({ [modelLabel(name)]: 'Ready' });
  }

  /** A ClusterServingRuntime for models of our format. @returns its name. */
  async createRuntime(base: string, more: object = {}): Promise<string> {
    const name = this.cluster.own.name(base);
    const format = { name: this.format.name, version: '1', modelFormat: this.format, modelFramework: FRAMEWORK };
    const supported = { supportedModelFormats: [format], engineConfig: listeningEngine(8080), ...more };
    await this.cluster.own.createInCluster('clusterservingruntimes', runtime(name, supported));
    return name;
  }

  createService(name: string, engine: object | null = {}, more: object = {}): Promise<InferenceService> {
    return this.createStrictly('inferenceservices', inferenceService(name, engine, more, this.place));
  }

  createBenchmark(name: string, endpoint: string, more: object = {}): Promise<BenchmarkJob> {
    return this.createStrictly('benchmarkjobs', benchmarkJob(name, endpoint, CLAIM, more, this.place.namespace));
  }

  createStrictly<T>(resource: Resource, object: object): Promise<T> {
    return this.cluster.api.create(`${this.path(resource)}?fieldValidation=Strict`, object);
  }

  /** Begins to delete an object with all that it owns. */
  startRemoving(resource: Resource, name: string): Promise<void> {
    return this.cluster.api.remove(this.path(resource, name), { propagationPolicy: 'Foreground' });
  }

  /** Deletes it with all that it owns, and waits for that. */
  async remove(resource: Resource, name: string): Promise<void> {
    await this.startRemoving(resource, name);
    await this.untilGone(resource, name);
  }
}
