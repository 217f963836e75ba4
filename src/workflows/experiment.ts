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
  BenchmarkSummary,
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
import { describeCombination, type Combination } from '../domain/combination.js';
import {
  roleOf,
  type ExperimentOutcome,
  type ExperimentReport,
  type Failure,
  type Leak,
  type OutcomeStatus,
  type Phase,
  type Role,
} from '../domain/experiment.js';
import { resourceName } from '../domain/names.js';
import { resolveObjective, scoreOf } from '../domain/objective.js';
import type { TuningTask } from '../domain/task.schema.js';
import { acceleratorBusy, experimentFailure, isHostLost, reportedFailure } from './lib/failure-guards.js';
import { Stopwatch } from './lib/stopwatch.js';
import { withCleanup } from './lib/with-cleanup.js';
import { withTimeLimit } from './lib/with-time-limit.js';

/** The argument of `experimentWorkflow`. */
export interface ExperimentInput extends Role {
  readonly tune: TuneIdentity;
  readonly task: TuningTask;
  readonly experimentId: number;
  readonly combination: Combination;
}

const control = proxyActivities<ControlActivities>(policies.RESULTS);
const places = proxyActivities<PlacesActivities>({ ...policies.CLAIM, taskQueue: PLACES_QUEUE });

interface Measured {
  readonly place: Place;
  readonly engine: ServingEngine;
  readonly benchmark: BenchmarkSummary;
}

/**
 * One experiment: takes a place on a host, deploys the engine there, waits until it really serves, warms up, benchmarks, and in any
 * case takes it down. How it ended is returned as data. Throws only for what belongs to the whole tune or to the infrastructure.
 */
export async function experimentWorkflow(input: ExperimentInput): Promise<ExperimentReport> {
  const { task, experimentId, combination, tune } = input;
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
  let status: OutcomeStatus = 'failed';
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
    status = 'succeeded';
  } catch (error) {
    if (isCancellation(error)) status = 'cancelled';
    else {
      failure = experimentFailure(error);
      if (!failure) throw error;
    }
  }
  enter('done');

  const measurements = measured?.benchmark.measurements ?? [];
  const outcome: ExperimentOutcome = {
    experimentId,
    ...roleOf(input),
    combination,
    status,
    score: measured ? scoreOf(measurements, resolveObjective(task.optimization.objective)) : null,
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
      load_average: measured.benchmark.loadAverage,
    },
    artifactsUri: measured?.benchmark.artifactsUri ?? null,
    attempts,
    ...(leaks.length > 0 ? { leaks } : {}),
  };
  setCurrentDetails(`**${status}** ${failure?.message ?? ''}\n\n${describeCombination(combination)}`);
  return { outcome, unrecorded: await record(tune, outcome) };
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
  const place = await places.claimPlace(target);

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
        if (task.benchmark.warmup_requests > 0) {
          enter('warming-up');
          await onHost(policies.warmUpPolicy(task), `${task.benchmark.warmup_requests} warm-up requests`).warmUp(
            target
          );
        }
        enter('benchmarking');
        const summary = `measure ${describeCombination(combination)}`;
        const benchmark = await onHost(policies.benchmarkPolicy(task), summary).runBenchmark(target);
        return { place, engine, benchmark };
      }),
    async () => {
      enter('tearing-down');
      try {
        const report = await onHost(policies.tearDownPolicy(task), `tear down ${name}`).tearDown(target);
        leaks.push(...report.leaks);
      } catch (error) {
        // The host's own reaper takes down what it finds when it comes back; nobody else can reach it.
        if (!isHostLost(error)) throw error;
      }
    }
  );
}
