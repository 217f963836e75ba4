/** Containers and pods, as far down as mistakes are likely. */
import { all, anything, either, flag, list, map, number, object, text, type Schema } from './schema.js';

export const resources = object({ limits: map(either), requests: map(either), claims: list(anything) });

export const environment = list(object({ ...all(text, 'name', 'value'), valueFrom: anything }, ['name']));

export const volumeMounts = list(
  object(
    {
      ...all(text, 'name', 'mountPath', 'subPath', 'subPathExpr', 'mountPropagation', 'recursiveReadOnly'),
      readOnly: flag,
    },
    ['name', 'mountPath']
  )
);

const CONTAINER: Readonly<Record<string, Schema>> = {
  ...all(text, 'name', 'image', 'imagePullPolicy', 'restartPolicy', 'workingDir'),
  ...all(text, 'terminationMessagePath', 'terminationMessagePolicy'),
  ...all(list(text), 'command', 'args'),
  ...all(flag, 'stdin', 'stdinOnce', 'tty'),
  ...all(anything, 'lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe', 'securityContext'),
  ...all(list(anything), 'envFrom', 'resizePolicy', 'volumeDevices'),
  env: environment,
  ports: list(
    object({ ...all(text, 'name', 'protocol', 'hostIP'), ...all(number, 'containerPort', 'hostPort') }, [
      'containerPort',
    ])
  ),
  resources,
  volumeMounts,
};

export const container = object(CONTAINER);
const namedContainer = object(CONTAINER, ['name']);

const POD: Readonly<Record<string, Schema>> = {
  ...all(list(namedContainer), 'containers', 'initContainers'),
  ...all(list(anything), 'volumes', 'tolerations', 'imagePullSecrets', 'topologySpreadConstraints', 'hostAliases'),
  ...all(list(anything), 'readinessGates', 'schedulingGates', 'resourceClaims'),
  ...all(anything, 'affinity', 'securityContext', 'dnsConfig', 'os', 'overhead'),
  ...all(text, 'dnsPolicy', 'hostname', 'nodeName', 'preemptionPolicy', 'priorityClassName', 'restartPolicy'),
  ...all(text, 'runtimeClassName', 'schedulerName', 'serviceAccount', 'serviceAccountName', 'subdomain'),
  ...all(flag, 'automountServiceAccountToken', 'enableServiceLinks', 'hostIPC', 'hostNetwork', 'hostPID'),
  ...all(flag, 'hostUsers', 'setHostnameAsFQDN', 'shareProcessNamespace'),
  ...all(number, 'activeDeadlineSeconds', 'priority', 'terminationGracePeriodSeconds'),
  nodeSelector: map(text),
};

/** What an engine has besides a pod's fields. @param runner its container. */
export function engine(runner: Schema): Schema {
  return object({
    ...POD,
    ...all(number, 'minReplicas', 'maxReplicas', 'scaleTarget', 'containerConcurrency', 'timeoutSeconds'),
    ...all(either, 'minAvailable', 'maxUnavailable'),
    ...all(map(text), 'labels', 'annotations'),
    ...all(anything, 'deploymentStrategy', 'kedaConfig', 'leader', 'worker', 'acceleratorOverride'),
    scaleMetric: { type: 'string', enum: ['cpu', 'memory', 'concurrency', 'rps'] },
    canaryTrafficPercent: number,
    runner,
  });
}

/** A runtime's engine names its container, an InferenceService's need not. */
export const runtimeEngine = engine(namedContainer);

/** The fields of a pod that a runtime itself has. */
export const runtimePod = {
  containers: list(namedContainer),
  ...all(list(anything), 'volumes', 'tolerations', 'imagePullSecrets'),
  ...all(map(text), 'nodeSelector', 'labels', 'annotations'),
  ...all(text, 'dnsPolicy', 'schedulerName'),
  ...all(flag, 'hostIPC', 'hostNetwork'),
  affinity: anything,
};
