/** From what the cluster shows to why an engine will not serve: pure, so that every cause is a row in a test. */
import type { FailureCode } from '../../domain/failures.js';
import { describeEvent, type ContainerState, type EventState, type PodState, type Terminated } from './pod-state.js';

/** What is known of an engine in the cluster at one moment. */
export interface EngineView {
  /** The InferenceService's UID: events of an earlier one of the same name are not about it. */
  readonly uid: string;
  readonly pods: readonly PodState[];
  /** The oldest first. */
  readonly events: readonly EventState[];
}

/** A cause, and the container whose log tells more. */
export interface Finding {
  readonly code: FailureCode;
  readonly message: string;
  /** Its exit is explained by its log lines, which the caller reads. */
  readonly crashed?: {
    readonly pod: string;
    readonly container: string;
    readonly exit: Terminated;
    readonly restarted: boolean;
  };
}

const PULL = new Set(['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull', 'RegistryUnavailable']);
const CREATE = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'StartError']);

/** Warnings of OME about what the InferenceService asks for; it retries, and changes no condition. */
const OME_REFUSALS: ReadonlyMap<string, FailureCode> = new Map([
  ['RuntimeValidationError', 'RUNTIME_UNSUITABLE'],
  ['RuntimeSelectionError', 'RUNTIME_UNSUITABLE'],
  ['ModelReconcileError', 'MODEL_NOT_FOUND'],
  ['MergeSpecsError', 'CONTROLLER_FAILED'],
]);

/** Messages that mean the same whatever event carries them. Not every warning is a failure: an update that met another one is none. */
const MESSAGES: readonly (readonly [RegExp, FailureCode])[] = [
  [/no matches for kind|no kind .* is registered|could not find the requested resource/i, 'CLUSTER_KIND_MISSING'],
  [/failed calling webhook/i, 'WEBHOOK_UNAVAILABLE'],
  [/denied the request|exceeded quota|violates PodSecurity|is forbidden: /i, 'ADMISSION_REFUSED'],
];

/**
 * Why this engine will not serve, or null while nothing speaks against it.
 * @param unschedulableAfterMs for how long the scheduler may find no node.
 */
export function recognise(view: EngineView, unschedulableAfterMs: number, nowMs: number): Finding | null {
  for (const pod of view.pods) {
    const finding = ofPod(pod, unschedulableAfterMs, nowMs);
    if (finding) return finding;
  }
  // Where a pod is, what was in the way of making it has passed.
  return view.pods.length > 0 ? ofEvents(view, ['InferenceService']) : ofEvents(view, null);
}

function ofPod({ metadata, status }: PodState, unschedulableAfterMs: number, nowMs: number): Finding | null {
  // An eviction ends the containers, too: their exits would tell a wrong story.
  if (status.phase === 'Failed' && status.reason !== '') return ofFailedPod(metadata.name, status);
  for (const container of status.initContainerStatuses) {
    // One that has done its work has exited well.
    const done = container.state.terminated?.exitCode === 0;
    const finding = done ? null : ofContainer(metadata.name, container);
    if (finding) return finding;
  }
  for (const container of status.containerStatuses) {
    const finding = ofContainer(metadata.name, container);
    if (finding) return finding;
  }
  if (status.phase === 'Failed') return ofFailedPod(metadata.name, status);
  const scheduled = status.conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False' || metadata.deletionTimestamp) return null;
  const sinceMs = (metadata.creationTimestamp ?? scheduled.lastTransitionTime)?.getTime() ?? nowMs;
  if (nowMs - sinceMs < unschedulableAfterMs) return null;
  // A claim that is not there will not be there in a while either, but it is the same to whoever reads this.
  return { code: 'UNSCHEDULABLE', message: `no node has room for the engine: ${scheduled.message}` };
}

function ofFailedPod(name: string, { reason, message }: PodState['status']): Finding {
  const code = /memory/i.test(message) ? 'OUT_OF_MEMORY' : 'ENGINE_CRASHED';
  return { code, message: `the pod ${name} failed: ${reason} ${message}`.trim() };
}

function ofContainer(pod: string, { name, state, lastState, image }: ContainerState): Finding | null {
  const { waiting } = state;
  if (waiting && PULL.has(waiting.reason)) {
    return { code: 'IMAGE_PULL_FAILED', message: `${waiting.reason} of ${image}: ${waiting.message}`.trim() };
  }
  if (waiting && CREATE.has(waiting.reason)) {
    return {
      code: 'CONTROLLER_FAILED',
      message: `the container cannot be made: ${waiting.reason}: ${waiting.message}`,
    };
  }
  // The first exit tells: waiting for the back-off, or for another exit, would tell no more.
  const exit = state.terminated ?? lastState.terminated;
  if (!exit) return null;
  const crashed = { pod, container: name, exit, restarted: state.terminated === undefined };
  if (exit.reason === 'OOMKilled') {
    return { code: 'OUT_OF_MEMORY', message: 'the kernel ended the engine for want of memory (OOMKilled)', crashed };
  }
  return { code: 'ENGINE_CRASHED', message: `the engine exited with code ${exit.exitCode}`, crashed };
}

function ofEvents({ uid, events }: EngineView, kinds: readonly string[] | null): Finding | null {
  for (const event of events.toReversed()) {
    if (!event.warning || (kinds && !kinds.includes(event.kind))) continue;
    // Without a metrics API the autoscaler complains of a resource that cannot be found; the engine is well all the same.
    if (event.kind === 'HorizontalPodAutoscaler') continue;
    if (event.kind === 'InferenceService' && event.uid !== uid) continue;
    const refusal = event.kind === 'InferenceService' ? OME_REFUSALS.get(event.reason) : undefined;
    const code = MESSAGES.find(([pattern]) => pattern.test(event.message))?.[1] ?? refusal;
    if (code) return { code, message: describeEvent(event) };
  }
  return null;
}
