/** What all forms of a launch are made of: the task, and the engine's arguments wherever it runs. */
import { engineArguments } from '../../backends/engine-command.js';
import { acceleratorsOf } from '../../backends/engine-flags.js';
import type { ExperimentResult, ResultsFile } from '../../domain/results/tune-result.js';
import { parseTask } from '../../domain/task/parse-task.js';
import { isReference } from '../../domain/task/secrets.js';
import type { TuningTask } from '../../domain/task/task.schema.js';

/** Where the engine listens; llama.cpp, SGLang and vLLM each have another default. */
export const PORT = 8000;

/** Stands for the model where its place is not known; no argument that a task can write looks like it. */
export const MODEL = '\u0001model\u0001';

export interface Variable {
  readonly name: string;
  /** Null for a secret, which only the reader has. */
  readonly value: string | null;
}

export interface Setup {
  readonly task: TuningTask;
  readonly result: ExperimentResult;
  /** Whether the engine fetches the model by its name, so that it needs no place. */
  readonly isHubModel: boolean;
  /** Null where nobody knows. */
  readonly accelerators: number | null;
  readonly variables: readonly Variable[];
  /** The engine's arguments without its executable; the model is `MODEL`, or its name on the hub. */
  readonly argumentsFor: (host: string) => readonly string[];
}

/** Null where the file does not hold its task, or one that this version cannot read. */
export function setupOf({ ran }: Pick<ResultsFile, 'ran'>, result: ExperimentResult): Setup | null {
  const parsed = ran.task ? parseTask(ran.task) : null;
  if (!parsed || !('task' in parsed)) return null;
  const { task } = parsed;
  const { name, path } = task.model;
  const isHubModel = path === undefined && (task.engine === 'sglang' || task.engine === 'vllm') && name.includes('/');
  const context = { model: isHubModel ? name : MODEL, alias: task.benchmark.model_name, port: PORT, apiKeyFile: null };
  try {
    engineArguments(task, result.parameters, { ...context, host: '' });
  } catch {
    // Parameters that no engine may be given: such a file was not written by a tune.
    return null;
  }
  return {
    task,
    result,
    isHubModel,
    accelerators: task.ome.accelerators ?? acceleratorsOf(task, result.parameters) ?? result.accelerators ?? null,
    variables: variablesOf(task),
    argumentsFor: (host) => engineArguments(task, result.parameters, { ...context, host }),
  };
}

function variablesOf({ backend, ome, process: own }: TuningTask): Variable[] {
  const variables = Object.entries<string | object>(backend === 'ome' ? ome.environment : own.environment);
  return variables.map(([name, value]) => ({
    name,
    value: typeof value !== 'string' || isReference(value) ? null : value,
  }));
}

/** Whether the engine ran on accelerators, as far as the results tell. */
export function usesAccelerators({ task, result, accelerators }: Setup): boolean {
  if (task.engine === 'sglang' || task.engine === 'vllm') return accelerators !== 0;
  return /nvidia|\bgpu\b/i.test(result.provenance?.hardware ?? '');
}

/** What a file or an object may be called. */
export function safeName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return name || 'engine';
}
