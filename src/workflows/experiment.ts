import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  ControlActivities,
  ExperimentTarget,
  HostActivities,
  Place,
  PlacesActivities,
  ServingEngine,
  TuneIdentity,
} from '../contracts/activities.js';
import { experimentQuery, type ExperimentProgress } from '../contracts/messages.js';
import * as policies from '../contracts/policies.js';
import { hostQueue, PLACES_QUEUE } from '../contracts/task-queues.js';
import { assess } from '../domain/scoring/assess.js';
import { describeCombination, type Combination } from '../domain/space/combination.js';
import type { Standing } from '../domain/loads/early-end.js';
import {
  roleOf,
  type ExperimentOutcome,
  type ExperimentReport,
  type Failure,
  type Leak,
  type OutcomeStatus,
  type Phase,
  type Role,
  type WarmUp,
} from '../domain/tuning/experiment.js';
import { footprintOf } from '../domain/space/footprint.js';
import { resourceName } from '../domain/names.js';
import type { ScoreReference } from '../domain/scoring/score.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import { acceleratorBusy, experimentFailure, isHostLost, reportedFailure } from './lib/failure-guards.js';
import { measure, type Benchmarked } from './lib/measure.js';
import { Stopwatch } from './lib/stopwatch.js';
import { withCleanup } from './lib/with-cleanup.js';
import { withTimeLimit } from './lib/with-time-limit.js';

/** The argument of `experimentWorkflow`. */
export interface ExperimentInput extends Role {
  readonly tune: TuneIdentity;
  readonly task: TuningTask;
  readonly experimentId: number;
  readonly combination: Combination;
  /** What the worst load is told by; the same for every experiment of a tune. */
  readonly reference?: ScoreReference | undefined;
  /** Given to those that may end early. */
  readonly standing?: Standing;
  /** When its tune's time is over: without a place until then it is cancelled. Milliseconds since the epoch. */
  readonly startBeforeMs?: number;
}

const control = proxyActivities<ControlActivities>(policies.RESULTS);

interface Measured {
  readonly place: Place;
  readonly engine: ServingEngine;
  readonly warmUp: WarmUp | null;
  readonly benchmark: Benchmarked;
}

/**
 * One experiment: takes a place on a host, deploys the engine there, waits until it really serves, warms up, benchmarks, and in any
 * case takes it down. How it ended is returned as data. Throws only for what belongs to the whole tune or to the infrastructure.
 */
export async function experimentWorkflow(input: ExperimentInput): Promise<ExperimentReport> {
  const { task, experimentId, combination, tune, reference } = input;
  const stopwatch = new Stopwatch();
  let progress: ExperimentProgress = { phase: 'queued', detail: '', sinceMs: Date.now() };
  setHandler(experimentQuery, () => progress, { description: 'Where the experiment stands.' });
  const enter = (phase: Phase, detail = ''): void => {
    stopwatch.enter(phase);
    progress = { phase, detail, sinceMs: Date.now() };
    setCurrentDetails(`**${phase}** ${detail}\n\n${describeCombination(combination)}`);
  };

  let attempts = 0;
  let lostHosts = 0;
  let measured: Measured | null = null;
  const leaks: Leak[] = [];
  let failure: Failure | null = null;
  let status: Exclude<OutcomeStatus, 'succeeded' | 'infeasible'> = 'failed';
  // Before anything is measured: an expression without an answer would lose it.
  const footprint = refuseInvalid(() => footprintOf(task, combination));
  try {
    while (measured === null) {
      attempts++;
      try {
        measured = await onOneHost(input, attempts, enter, leaks);
      } catch (error) {
        const busy = acceleratorBusy(error);
        if (busy !== null) {
          // Its place was given back; a host that has one clear takes the experiment.
          enter('queued', busy);
          await sleep(policies.busyPauseMs(attempts));
          continue;
        }
        if (!isHostLost(error)) throw error;
        if (++lostHosts >= policies.HOST_ATTEMPTS) {
          throw ApplicationFailure.nonRetryable(
            `${lostHosts} hosts in a row went away during experiment ${experimentId}`,
            'HOST_LOST'
          );
        }
        enter('queued', 'its host went away; waiting for another one');
      }
    }
  } catch (error) {
    if (isCancellation(error) || error instanceof NoPlaceInTime) status = 'cancelled';
    else {
      failure = experimentFailure(error);
      if (!failure) throw error;
    }
  }
  enter('done');

  const { measurements = [], endedEarly, maxLoad } = measured?.benchmark ?? {};
  const outcome: ExperimentOutcome = {
    experimentId,
    ...roleOf(input),
    combination,
    ...(footprint ? { accelerators: footprint.accelerators } : {}),
    ...(measured
      ? assess(task, combination, measured.benchmark, experimentId === 0 ? 'itself' : reference)
      : { status, score: null }),
    measurements,
    failure,
    timings: stopwatch.timings(measured?.benchmark.toolSeconds ?? 0),
    provenance: measured && {
      host: measured.place.hostName,
      engine: measured.engine.engine,
      engine_version: measured.engine.version,
      model: measured.engine.model,
      benchmark_version: measured.benchmark.toolVersion,
      command: measured.engine.command,
      ...(measured.engine.hardware ? { hardware: measured.engine.hardware } : {}),
      load_average: measured.benchmark.loadAverage,
      ...(measured.warmUp ? { warm_up: measured.warmUp } : {}),
      prefix_cache: measured.benchmark.prefixCache,
    },
    artifactsUri: measured?.benchmark.artifactsUri ?? null,
    attempts,
    ...(endedEarly ? { endedEarly } : {}),
    ...(maxLoad ? { maxLoad } : {}),
    ...(leaks.length > 0 ? { leaks } : {}),
  };
  setCurrentDetails(`**${outcome.status}** ${failure?.message ?? ''}\n\n${describeCombination(combination)}`);
  return { outcome, unrecorded: await record(tune, outcome) };
}

/** What a task file holds that its check has let through; no experiment of the tune would do better. */
function refuseInvalid<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw ApplicationFailure.nonRetryable(error instanceof Error ? error.message : String(error), 'INVALID_TASK');
  }
}

/** Stores the outcome. A measurement is too dear to be lost to a full disk: then it is at least returned, with the reason. */
async function record(tune: TuneIdentity, outcome: ExperimentOutcome): Promise<Failure | null> {
  try {
    await CancellationScope.nonCancellable(() => control.recordOutcome({ tune, outcome }));
    return null;
  } catch (error) {
    const failure = reportedFailure(error);
    if (!failure) throw error;
    return failure;
  }
}

/** The time of its tune was over before a host had a place for it. */
class NoPlaceInTime extends Error {}

/** Waits in Temporal, where any host can take it. */
async function claimPlace(target: ExperimentTarget, startBeforeMs: number | undefined): Promise<Place> {
  const wait =
    startBeforeMs === undefined ? {} : { scheduleToStartTimeout: Math.max(1000, startBeforeMs - Date.now()) };
  const places = proxyActivities<PlacesActivities>({ ...policies.CLAIM, ...wait, taskQueue: PLACES_QUEUE });
  try {
    return await places.claimPlace(target);
  } catch (error) {
    // No host had the task, so that none holds a place.
    throw isHostLost(error) ? new NoPlaceInTime() : error;
  }
}

/** Everything that is bound to one host, with its tear-down. @param leaks filled with what the tear-down left. */
async function onOneHost(
  input: ExperimentInput,
  attempt: number,
  enter: (phase: Phase, detail?: string) => void,
  leaks: Leak[]
): Promise<Measured> {
  const { task, experimentId, combination } = input;
  const { workflowId, runId } = workflowInfo();
  const name = resourceName(task.task_name, experimentId, runId, attempt);
  const target: ExperimentTarget = {
    name,
    workflowId,
    runId,
    tuneRunId: input.tune.runId,
    experimentId,
    task,
    combination,
  };
  const place = await claimPlace(target, input.startBeforeMs);
  let steps = 0;

  const taskQueue = hostQueue(place.hostId);
  const onHost = (options: Parameters<typeof proxyActivities>[0], summary: string): HostActivities =>
    proxyActivities<HostActivities>({ ...options, taskQueue, summary });
  return withCleanup(
    () =>
      withTimeLimit(policies.experimentSeconds(task), async () => {
        enter('deploying', `on ${place.hostName}`);
        await onHost(policies.deployPolicy(task), `deploy ${describeCombination(combination)}`).deploy(target);
        enter('starting');
        const engine = await onHost(policies.waitPolicy(task), 'wait until a completion succeeds').waitUntilServing(
          target
        );
        const { warmup_requests: requests, warm_up: until } = task.benchmark;
        let warmUp: WarmUp | null = null;
        if (requests > 0 || until === 'steady') {
          enter('warming-up');
          const summary = `${requests} warm-up requests${until === 'steady' ? ' and more until they are steady' : ''}`;
          warmUp = await onHost(policies.warmUpPolicy(task), summary).warmUp(target);
        }
        const benchmark = await measure(
          task,
          input.standing,
          footprintOf(task, combination),
          async ({ number, loads, reason }) => {
            enter('benchmarking', reason);
            // Counted before it begins: what it starts may exist although its call never returned.
            steps = number;
            const at = onHost(policies.benchmarkPolicy(task), `measure ${reason}`);
            return at.runBenchmark({ ...target, step: { number, loads } });
          }
        );
        return { place, engine, warmUp, benchmark };
      }),
    async () => {
      enter('tearing-down');
      try {
        const report = await onHost(policies.tearDownPolicy(task), `tear down ${name}`).tearDown({ ...target, steps });
        leaks.push(...report.leaks);
      } catch (error) {
        // The host's own reaper takes down what it finds when it comes back; nobody else can reach it.
        if (!isHostLost(error)) throw error;
      }
    }
  );
}
