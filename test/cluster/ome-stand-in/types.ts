/** The parts of OME's resources that the stand-in reads. */
import type {
  KubernetesObject,
  V1Affinity,
  V1Condition,
  V1Container,
  V1EnvVar,
  V1PodSpec,
  V1ResourceRequirements,
  V1Toleration,
  V1Volume,
  V1VolumeMount,
} from '@kubernetes/client-node';

export const OME = '/apis/ome.io/v1beta1';
export const API_VERSION = 'ome.io/v1beta1';

/** `runner` is a container, the remaining fields are a pod's. */
export interface EngineSpec extends Partial<V1PodSpec> {
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly runner?: V1Container;
}

export interface InferenceService extends KubernetesObject {
  readonly spec?: {
    readonly model?: { readonly name: string };
    readonly runtime?: { readonly name: string };
    readonly engine?: EngineSpec;
    readonly kedaConfig?: { readonly enableKeda?: boolean };
  };
  readonly status?: { readonly url?: string; readonly conditions?: readonly Condition[] };
}

/** Knative's conditions: the status may be Unknown. */
export type Condition = Pick<V1Condition, 'type' | 'status'> & {
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
};

export interface ModelFormat {
  readonly name: string;
  readonly version?: string;
}

export interface BaseModel extends KubernetesObject {
  readonly spec: {
    readonly disabled?: boolean;
    readonly vendor?: string;
    readonly modelArchitecture?: string;
    readonly quantization?: string;
    readonly modelFormat?: ModelFormat;
    readonly modelFramework?: ModelFormat;
    readonly storage?: { readonly path?: string };
  };
}

export interface SupportedFormat {
  readonly modelFormat?: ModelFormat;
  readonly modelFramework?: ModelFormat;
  readonly modelArchitecture?: string;
  readonly quantization?: string;
  readonly autoSelect?: boolean;
  readonly priority?: number;
}

export interface ServingRuntime extends KubernetesObject {
  readonly spec: {
    readonly disabled?: boolean;
    readonly supportedModelFormats?: readonly SupportedFormat[];
    readonly engineConfig?: EngineSpec;
    readonly nodeSelector?: Readonly<Record<string, string>>;
  };
}

export interface BenchmarkJob extends KubernetesObject {
  readonly spec: {
    readonly endpoint: {
      readonly inferenceService?: { readonly name: string; readonly namespace: string };
      readonly endpoint?: { readonly url: string; readonly apiFormat: string; readonly modelName?: string };
    };
    readonly task: string;
    readonly trafficScenarios?: readonly string[];
    readonly numConcurrency?: readonly number[];
    readonly maxTimePerIteration: number;
    readonly maxRequestsPerIteration: number;
    readonly outputLocation: { readonly storageUri: string; readonly parameters?: Readonly<Record<string, string>> };
    readonly resultFolderName?: string;
    readonly huggingFaceSecretReference?: { readonly name: string };
    readonly serviceMetadata?: {
      readonly engine: string;
      readonly version: string;
      readonly gpuType: string;
      readonly gpuCount: number;
    };
    readonly podOverride?: PodOverride;
  };
  readonly status?: BenchmarkStatus;
}

export interface BenchmarkStatus {
  readonly state: 'Pending' | 'Running' | 'Completed' | 'Failed';
  readonly startTime?: string | null;
  readonly completionTime?: string | null;
  readonly failureMessage?: string | null;
  readonly lastReconcileTime?: string;
}

export interface PodOverride {
  readonly image?: string;
  readonly env?: V1EnvVar[];
  readonly envFrom?: V1Container['envFrom'];
  readonly volumeMounts?: V1VolumeMount[];
  readonly resources?: V1ResourceRequirements;
  readonly volumes?: V1Volume[];
  readonly affinity?: V1Affinity;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: V1Toleration[];
}
