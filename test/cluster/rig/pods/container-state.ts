/** Where a container stands, and the pod status that follows from it. Pure. */
import type { V1ContainerState, V1ContainerStatus, V1Pod, V1PodCondition, V1PodStatus } from '@kubernetes/client-node';

export interface Waiting {
  readonly kind: 'waiting';
  readonly reason: string;
  readonly message?: string;
}
export interface Running {
  readonly kind: 'running';
  readonly startedAt: Date;
  readonly ready: boolean;
}
export interface Terminated {
  readonly kind: 'terminated';
  readonly exitCode: number;
  readonly reason: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}
export type State = Waiting | Running | Terminated;

export interface ContainerView {
  readonly name: string;
  readonly image: string;
  readonly state: State;
  readonly lastState: Terminated | null;
  readonly restartCount: number;
}

/** The kubelet's rule: 0 is Completed, running out of memory is OOMKilled, everything else an Error. */
export function exitReason(exitCode: number, outOfMemory: boolean): string {
  if (exitCode === 0) return 'Completed';
  return outOfMemory ? 'OOMKilled' : 'Error';
}

/** The status that a kubelet would write; conditions of others, such as PodScheduled, are kept. */
export function podStatus(pod: V1Pod, containers: readonly ContainerView[], startTime: Date): V1PodStatus {
  const phase = phaseOf(containers);
  const ready = phase === 'Running' && containers.every(({ state }) => state.kind === 'running' && state.ready);
  const unready = containers.filter(({ state }) => !(state.kind === 'running' && state.ready)).map(({ name }) => name);
  const readiness = ready
    ? { status: 'True' }
    : phase === 'Succeeded'
      ? { status: 'False', reason: 'PodCompleted' }
      : {
          status: 'False',
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${unready.join(' ')}]`,
        };
  const own = [
    { type: 'Initialized', status: 'True' },
    { type: 'ContainersReady', ...readiness },
    { type: 'Ready', ...readiness },
  ];
  const others = (pod.status?.conditions ?? []).filter(({ type }) => !own.some((condition) => condition.type === type));
  return {
    phase,
    conditions: [...others, ...own.map((condition) => withTransition(condition, pod))],
    containerStatuses: containers.map(containerStatus),
    hostIP: '127.0.0.1',
    podIP: '127.0.0.1',
    podIPs: [{ ip: '127.0.0.1' }],
    startTime,
  };
}

function phaseOf(containers: readonly ContainerView[]): string {
  const states = containers.map(({ state }) => state);
  if (states.every((state) => state.kind === 'terminated'))
    return states.every((state) => state.exitCode === 0) ? 'Succeeded' : 'Failed';
  const started = containers.some(({ state, restartCount }) => state.kind !== 'waiting' || restartCount > 0);
  return started ? 'Running' : 'Pending';
}

function withTransition(condition: V1PodCondition, pod: V1Pod): V1PodCondition {
  const before = pod.status?.conditions?.find(({ type }) => type === condition.type);
  const same = before?.status === condition.status && before.lastTransitionTime;
  return { ...condition, lastTransitionTime: same ? before.lastTransitionTime : new Date() } as V1PodCondition;
}

function containerStatus({ name, image, state, lastState, restartCount }: ContainerView): V1ContainerStatus {
  return {
    name,
    image,
    imageID: state.kind === 'waiting' ? '' : image,
    containerID: state.kind === 'waiting' ? '' : `rig://${name}-${restartCount}`,
    ready: state.kind === 'running' && state.ready,
    started: state.kind === 'running',
    restartCount,
    state: apiState(state),
    lastState: lastState ? apiState(lastState) : {},
  };
}

function apiState(state: State): V1ContainerState {
  const { kind, ...rest } = state;
  if (kind !== 'running') return { [kind]: rest };
  return { running: { startedAt: state.startedAt } };
}
