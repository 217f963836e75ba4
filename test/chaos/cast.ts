/** Who plays in a run: stand-ins, the real engine and load generator, or stand-ins in a cluster or in Docker. All that differs is here. */
import { resolve } from 'node:path';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { embeddedEngine, findTool } from '../../src/platform/environment.js';
import { MODEL, RUNTIME } from '../cluster/ome-resources.js';
import { NAMESPACE } from '../cluster/support.js';
import { CHAOS_IMAGE, STAND_INS } from './docker-site.js';
import type { Plan } from './faults.js';
import { matrix, type Size } from './matrix.js';
import { clusterMatrix, dockerMatrix, learningMatrix, realMatrix } from './small-matrices.js';

export interface Cast {
  /** Combinations, each of which is measured. */
  readonly experiments: number;
  /** How combinations are chosen. Default: all of them at random. */
  readonly search?: Pick<TaskFile['optimization'], 'strategy' | 'parallelism' | 'reuse'>;
  /** Runs to which nothing is done, before the others. */
  readonly referenceRuns: number;
  /** Added to the environment of the application. */
  readonly env: NodeJS.ProcessEnv;
  /** What its tasks say. @param engine flags of the engines of this run. @param logFile the logbook. */
  readonly task: (engine: readonly string[], logFile: string) => Omit<TaskFile, 'task_name' | 'optimization'>;
  /** Whether what is measured can be foretold, so that the numbers of two runs are compared. */
  readonly foretold: boolean;
  /** Where engines run; null for processes of this machine. */
  readonly site: 'cluster' | 'docker' | null;
  /** @param events of the history of an undisturbed run. */
  readonly plans: (seed: number, events: number, canFillDisk: boolean) => Plan[];
}

const standIn = (name: string): string => resolve('test/chaos/stand-ins', name);
const depths = (max: number): TaskFile['parameters'] => ({ depth: { type: 'int', min: 1, max } });
const STAND_IN_BENCHMARK = {
  model_name: 'm',
  model_tokenizer: 'tok',
  num_concurrency: [1, 2],
  additional_params: { chaos: { seconds: 0.3 } },
  warmup_requests: 2,
};

export function standIns(size: Size): Cast {
  const engine = [process.execPath, standIn('engine.mjs'), '--port', '{port}', '--api-key-file', '{api_key_file}'];
  return {
    experiments: 10,
    referenceRuns: 3,
    env: { GENAI_BENCH_PATH: standIn('genai-bench.mjs') },
    task: (flags) => ({
      backend: 'process',
      engine: { command: [...engine, ...flags] },
      model: { name: 'm' },
      parameters: depths(10),
      benchmark: STAND_IN_BENCHMARK,
    }),
    foretold: true,
    site: null,
    plans: (seed, events, canFillDisk) => matrix(seed, size, events, canFillDisk),
  };
}

/**
 * A strategy that learns, so that there is an optimizer process. One experiment at a time: with more, what it knows when it is asked
 * depends on which of them ends first, and no two runs would be alike. Nor would they if a run learned from those before it.
 */
export function learning(runs: number): Cast {
  const cast = standIns({ workerRuns: 0, others: 0 });
  return {
    ...cast,
    experiments: 8,
    search: { strategy: 'bayesian', parallelism: 1, reuse: false },
    referenceRuns: 2,
    task: (...given) => ({ ...cast.task(...given), parameters: depths(24) }),
    plans: (seed, events) => learningMatrix(seed, events, runs),
  };
}

/** The embedded engine and genai-bench, behind wrappers that keep the logbook. */
export function realParts(): Cast {
  const [, main = ''] = embeddedEngine() ?? [];
  const files = ['--model', '{model}', '--alias', '{alias}', '--api-key-file', '{api_key_file}'];
  const engine = [process.execPath, standIn('real-engine.mjs'), '--host', '{host}', '--port', '{port}', ...files];
  return {
    experiments: 3,
    referenceRuns: 1,
    env: {
      GENAI_BENCH_PATH: standIn('real-genai-bench.mjs'),
      CHAOS_GENAI_BENCH: findTool('genai-bench') ?? '',
      CHAOS_ENGINE: main,
      // Empty is as good as absent: the installed models.
      AUTOTUNER_MODELS_DIR: '',
    },
    task: (flags) => ({
      backend: 'process',
      engine: { command: [...engine, ...flags] },
      engine_args: { ctx_size: 2048, threads: 1 },
      model: { name: 'smollm2-135m-instruct' },
      parameters: { parallel: { type: 'choice', values: [1, 2, 4] } },
      benchmark: {
        model_name: 'smollm2',
        model_tokenizer: 'smollm2-135m-instruct',
        traffic_scenarios: ['D(32,8)'],
        num_concurrency: [1, 2],
        max_time_per_iteration: 1,
        max_requests_per_iteration: 4,
        additional_params: { ignore_eos: true, temperature: 0 },
        warmup_requests: 2,
      },
    }),
    foretold: false,
    site: null,
    plans: realMatrix,
  };
}

/** Stand-ins in pods of the test cluster, under load through a port-forward. */
export function inCluster(): Cast {
  return {
    experiments: 5,
    referenceRuns: 1,
    env: { GENAI_BENCH_PATH: standIn('genai-bench.mjs'), AUTOTUNER_NAMESPACES: NAMESPACE },
    task: () => ({
      backend: 'ome',
      engine: 'sglang',
      base_runtime: RUNTIME,
      model: { name: MODEL, namespace: NAMESPACE },
      parameters: depths(5),
      benchmark: {
        ...STAND_IN_BENCHMARK,
        runner: 'genai-bench',
        // Long enough to be hit, and of two requests one may fail: what was measured must then say that it was disturbed.
        additional_params: { chaos: { seconds: 2 } },
        max_error_rate: 0.7,
      },
    }),
    foretold: true,
    site: 'cluster',
    plans: clusterMatrix,
  };
}

/** Stand-ins in containers of a Docker daemon, on ports that it publishes. */
export function inDocker(): Cast {
  const logFile = '/chaos.log';
  const files = ['--port', '{port}', '--host', '{host}', '--api-key-file', '{api_key_file}'];
  return {
    experiments: 5,
    referenceRuns: 1,
    env: {
      GENAI_BENCH_PATH: standIn('genai-bench.mjs'),
      AUTOTUNER_DOCKER_IMAGES: CHAOS_IMAGE.replace(/:.*$/, ''),
      AUTOTUNER_DOCKER_ENVIRONMENT: 'CHAOS_LOG',
    },
    task: (flags, source) => ({
      backend: 'docker',
      engine: { command: ['node', `${STAND_INS}/engine.mjs`, ...files, ...flags] },
      model: { name: 'm' },
      docker: {
        image: CHAOS_IMAGE,
        pull: 'never',
        devices: 'none',
        environment: { CHAOS_LOG: logFile },
        volumes: [{ source, target: logFile, read_only: false }],
      },
      parameters: depths(5),
      // Long enough to be hit.
      benchmark: { ...STAND_IN_BENCHMARK, additional_params: { chaos: { seconds: 1.5 } } },
    }),
    foretold: true,
    site: 'docker',
    plans: dockerMatrix,
  };
}
