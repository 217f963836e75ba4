/** InferenceService -> Deployment, Services, autoscaler, disruption budget, status. */
import { isDeepStrictEqual } from 'node:util';
import type { V1Deployment, V1DeploymentCondition } from '@kubernetes/client-node';
import type { Api } from '../rig/api.js';
import type { EventDetails, Events } from '../rig/pods/events.js';
import * as objects from './engine-objects.js';
import { engineOf, portOf, type Engine } from './engine-pod.js';
import { ensureFinalizer, ownerReference } from './finalizer.js';
import { findModel, RuntimeError, runtimeFor } from './references.js';
import { readyStatus, statusOf } from './service-status.js';
import { API_VERSION, OME, type BaseModel, type InferenceService, type ServingRuntime } from './types.js';

const FINALIZER = 'inferenceservice.finalizers';
const DEPLOYMENT_MODE = 'ome.io/deploymentMode';
const AUTOSCALER = 'ome.io/autoscalerClass';

export interface ServiceOptions {
  /** Kinds that the cluster lacks, such as `ScaledObject`, KEDA's: what asks for one is never finished. */
  readonly missingKinds?: readonly string[];
  /** Whether the chart was installed with KEDA switched on for every InferenceService. */
  readonly kedaByDefault?: boolean;
  /** Warnings on an InferenceService that is well: conflicts while its status is written. */
  readonly noisyWarnings?: boolean;
  /** Ready is true at once, without a Deployment, a Service or a pod. */
  readonly readyWithoutPods?: boolean;
}

export class InferenceServices {
  constructor(
    private readonly api: Api,
    private readonly events: Events,
    private readonly options: ServiceOptions
  ) {}

  /**
   * Does what is to be done for an InferenceService now.
   * @throws Error for whatever is wrong; it is to be tried again.
   */
  async reconcile(service: InferenceService): Promise<void> {
    const { name = '', namespace = '' } = service.metadata ?? {};
    const path = `${OME}/namespaces/${namespace}/inferenceservices/${name}`;
    const typed = { ...service, apiVersion: API_VERSION, kind: 'InferenceService' };
    if (!(await ensureFinalizer(this.api, path, service, FINALIZER))) return;
    const mode = service.metadata?.annotations?.[DEPLOYMENT_MODE];
    if (this.options.readyWithoutPods || mode === 'VirtualDeployment')
      return this.writeStatus(path, typed, readyStatus(service));
    const warn = (reason: string, message: string): Promise<void> => this.warn(typed, reason, message);
    const model = await this.modelOf(service, warn);
    const runtime = await this.findRuntime(service, model, warn);
    // Without an engine there is nothing to deploy, and no Service that could ever be ready.
    if (!service.spec?.engine) throw new Error(`services "${name}" not found`);
    const engine = engineOf(service, service.spec.engine, runtime, model);
    await this.applyObjects(typed, engine);
    await this.refuseMissingKinds(typed, warn);
    await this.apply(objects.externalService(engine, name, namespace, ownerReference(typed)));
    const collection = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    const deployed = await this.api.get<V1Deployment>(`${collection}/${engine.name}`);
    await this.writeStatus(path, typed, statusOf(service, available(deployed), portOf(engine.pod), deployed));
  }

  private async modelOf(service: InferenceService, warn: Warn): Promise<BaseModel> {
    const name = service.spec?.model?.name ?? '';
    const model = await findModel(this.api, name, service.metadata?.namespace ?? '');
    // As seen: a model that does not exist is not even worth an event.
    if (!model) throw new Error(`No BaseModel or ClusterBaseModel with the name: ${name}`);
    if (!model.spec.disabled) return model;
    const message = `specified base model ${name} is disabled`;
    await warn('ModelReconcileError', message);
    throw new Error(message);
  }

  private async findRuntime(service: InferenceService, model: BaseModel, warn: Warn): Promise<ServingRuntime> {
    try {
      return await runtimeFor(this.api, service, model);
    } catch (error) {
      if (error instanceof RuntimeError) await warn(error.reason, error.message);
      throw error;
    }
  }

  private async applyObjects(service: InferenceService, engine: Engine): Promise<void> {
    const namespace = service.metadata?.namespace ?? '';
    const owner = ownerReference(service);
    await this.apply(objects.deployment(engine, namespace, owner));
    await this.apply(objects.engineService(engine, namespace, owner));
    await this.apply(objects.autoscaler(engine, namespace, owner));
    await this.apply(objects.disruptionBudget(engine, namespace, owner));
  }

  private async refuseMissingKinds(service: InferenceService, warn: Warn): Promise<void> {
    const wantsKeda =
      this.options.kedaByDefault ||
      service.metadata?.annotations?.[AUTOSCALER] === 'keda' ||
      service.spec?.kedaConfig?.enableKeda;
    if (!wantsKeda || !this.options.missingKinds?.includes('ScaledObject')) return;
    const message = `failed to reconcile engine: no matches for kind "ScaledObject" in version "keda.sh/v1alpha1"`;
    await warn('InternalError', message);
    throw new Error(message);
  }

  private apply({ collection, object }: objects.Owned): Promise<unknown> {
    return this.api.apply(`${collection}/${object.metadata?.name}`, object);
  }

  private async writeStatus(path: string, service: InferenceService, status: object): Promise<void> {
    if (isDeepStrictEqual(service.status, status)) return;
    if (this.options.noisyWarnings) await this.complain(service);
    await this.api.patch(`${path}/status`, { status });
  }

  /** What a lost race for the status looks like; the next attempt succeeds. */
  private async complain(service: InferenceService): Promise<void> {
    const name = service.metadata?.name ?? '';
    const conflict =
      `Operation cannot be fulfilled on inferenceservices.ome.io "${name}": the object has been modified; ` +
      'please apply your changes to the latest version and try again';
    await this.warn(service, 'UpdateFailed', `Failed to update status for InferenceService "${name}": ${conflict}`);
    await this.warn(service, 'InternalError', `fails to update InferenceService status: ${conflict}`);
  }

  private warn(service: InferenceService, reason: string, message: string): Promise<void> {
    const details: EventDetails = { type: 'Warning', reason, message };
    return this.events.record(service, details);
  }
}

type Warn = (reason: string, message: string) => Promise<void>;

function available({ status }: V1Deployment): V1DeploymentCondition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Available');
}
