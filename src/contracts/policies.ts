/** Every timeout and retry of the application, each with its reason. Workflows hold no number of their own. */
import type { ActivityOptions } from '@temporalio/workflow';
import type { TuningTask } from '../domain/task/task.schema.js';
import { mostMeasured } from '../domain/loads/load-plan.js';

/** A worker that died is noticed after this long, and its activity given to the next one. */
const HEARTBEAT_TIMEOUT = '15 seconds';

/**
 * A workflow task that was lost with its worker is given to the next one after this long. An experiment's history is short, so that
 * each of its tasks takes milliseconds; a tune's can take a second to be replayed.
 */
export const EXPERIMENT_TASK_TIMEOUT = '2 seconds';
export const TUNE_TASK_TIMEOUT = '5 seconds';

/** Attempts of one experiment on different hosts, after which the infrastructure is to blame. */
export const HOST_ATTEMPTS = 3;

/** Pure or local work on the control queue: quick, safe to repeat. */
export const CONTROL: ActivityOptions = {
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '500 milliseconds', maximumInterval: '30 seconds' },
};

/**
 * A suggestion may have to start Python on a busy machine, twice at worst, with a minute for each. That is no reason to fail: what was
 * asked is asked again.
 */
export const SUGGEST: ActivityOptions = { ...CONTROL, startToCloseTimeout: '3 minutes' };

/** Looking for what earlier tunes have learned: files, perhaps on a slow disk. The tune begins without it when that takes too long. */
export const OPENING: ActivityOptions = {
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1 second', maximumInterval: '5 seconds', maximumAttempts: 3 },
};

/** Writing results: a full disk is retried for about 15 s, then told to the user rather than waited for. */
export const RESULTS: ActivityOptions = {
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds', maximumAttempts: 5 },
};

/**
 * Keeping a tune in the history: a few seconds at worst, since what a database does not take at once waits in a file. A worker that dies
 * meanwhile is replaced once or twice; the tune does not wait longer than this for a history, and does not fail without one.
 */
export const RECORDING: ActivityOptions = {
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '1 minute',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: { initialInterval: '1 second', maximumInterval: '5 seconds', maximumAttempts: 5 },
};

/**
 * Waiting for a place takes as long as it takes; once a host has the task, claiming is instant. An experiment that is cancelled waits
 * for the answer: the place may just have been taken, and must be given back.
 */
export const CLAIM: ActivityOptions = {
  cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  startToCloseTimeout: '10 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '10 seconds' },
};

/** The experiment of a terminated run takes its engine down within seconds; the next one of its id asks so often whether it has ended. */
export const EARLIER_EXPERIMENT_POLL = '2 seconds';

/**
 * An activity on the experiment's own host. Retries are for infrastructure only: what says something about the combination is
 * non-retryable.
 */
function onHost(task: TuningTask, startToCloseSeconds: number, retry?: ActivityOptions['retry']): ActivityOptions {
  return {
    startToCloseTimeout: startToCloseSeconds * 1000,
    // Longer than a worker's restart, shorter than anyone's patience: a host that takes no task meanwhile counts as gone.
    scheduleToStartTimeout: task.timeouts.host_lost * 1000,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    retry: { initialInterval: '500 milliseconds', maximumInterval: '10 seconds', maximumAttempts: 20, ...retry },
  };
}

export function deployPolicy(task: TuningTask): ActivityOptions {
  return onHost(task, task.timeouts.deploy);
}

/** The activity ends by itself at the start time limit, with a code and the log; this one is the backstop behind it. */
export function waitPolicy(task: TuningTask): ActivityOptions {
  return onHost(task, startSeconds(task) + 60);
}

export function warmUpPolicy(task: TuningTask): ActivityOptions {
  return onHost(task, task.timeouts.warm_up + 60);
}

/** It may first wait for the host's load generator, so the experiment's time limit is the one that counts; this is the backstop. */
export function benchmarkPolicy(task: TuningTask): ActivityOptions {
  return onHost(task, experimentSeconds(task) + 120);
}

/** Tear-down is never given up while its host exists. In a cluster it waits for stuck finalizers before it reports them. */
export function tearDownPolicy(task: TuningTask): ActivityOptions {
  return onHost(task, 300, { maximumInterval: '30 seconds', maximumAttempts: Infinity });
}

/**
 * Before an experiment asks for a place again whose accelerators were in use: 10 s at first, for a place on another host; at most 5
 * minutes, so that days of waiting fit into a history.
 */
export function busyPauseMs(attempts: number): number {
  return Math.min(10 * 2 ** (attempts - 1), 300) * 1000;
}

/**
 * The reaper runs again soon: an absent host is left to its next turn. An object that a cluster will not let go of is waited for
 * longer than a minute, accelerators too, and there may be several.
 */
export const REAP: ActivityOptions = {
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  scheduleToStartTimeout: '1 minute',
  retry: { maximumAttempts: 2 },
};

/** Seconds until an engine must serve. */
export function startSeconds(task: TuningTask): number {
  return task.timeouts.start ?? task.optimization.timeout_per_iteration;
}

/** Seconds for so many loads: each one's own limit, and a minute per start of the tool for its beginning, pauses and reports. */
export function benchmarkSeconds(
  task: TuningTask,
  measured: { readonly starts: number; readonly loads: number }
): number {
  const { starts, loads } = measured;
  const { runner, max_time_per_iteration: minutes } = task.benchmark;
  // aiperf begins requests for that long, gives each as long again, and starts anew for each load.
  const perLoad = runner === 'aiperf' ? 2 * minutes * 60 + 60 : minutes * 60 + 30;
  return task.timeouts.benchmark ?? loads * perLoad + starts * 60;
}

/** Seconds from the moment an experiment has its place to the end of its measurement. */
export function experimentSeconds(task: TuningTask): number {
  return (
    task.timeouts.experiment ??
    task.timeouts.deploy + startSeconds(task) + task.timeouts.warm_up + benchmarkSeconds(task, mostMeasured(task))
  );
}
