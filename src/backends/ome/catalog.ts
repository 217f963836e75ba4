/** What the cluster offers: the model and the runtime of a task, checked before anything is created. */
import { z } from 'zod';
import type { Combination } from '../../domain/space/combination.js';
import { TunerError } from '../../domain/failures.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { Cluster, CustomKind } from '../../platform/kubernetes/cluster.js';
import type { Manifest } from '../../platform/kubernetes/manifest.js';
import { acceleratorsOf, engineFlags, type EngineFlag } from '../engine-flags.js';
import { BASE_MODEL, CLUSTER_BASE_MODEL, CLUSTER_SERVING_RUNTIME, SERVING_RUNTIME } from './kinds.js';
import { literalForOme } from './literal.js';
import { overrideArgs } from './runtime-args.js';

/** Everything about an engine that follows from the task and the cluster's own resources. */
export interface ServingPlan {
  readonly model: { readonly name: string; readonly kind: string };
  readonly runtime: { readonly name: string; readonly kind: string };
  readonly container: string;
  readonly args: readonly string[];
  /** The port on which the engine serves. */
  readonly port: number;
  /** Null: as many as the runtime asks for. */
  readonly accelerators: number | null;
}

const words = z.array(z.string()).default([]);
const runnerSchema = z.object({
  name: z.string().default('ome-container'),
  command: words,
  args: words,
  ports: z.array(z.object({ containerPort: z.int() })).default([]),
});
const runtimeSchema = z.object({
  disabled: z.boolean().default(false),
  supportedModelFormats: z
    .array(
      z.object({
        modelFormat: z.object({ name: z.string() }).optional(),
        modelArchitecture: z.string().optional(),
      })
    )
    .default([]),
  engineConfig: z.object({ runner: runnerSchema.optional() }).optional(),
  containers: z.array(runnerSchema).optional(),
});
const modelSchema = z.object({
  disabled: z.boolean().default(false),
  modelFormat: z.object({ name: z.string() }).optional(),
  modelArchitecture: z.string().optional(),
});
const modelStatusSchema = z.object({ state: z.string().optional() }).optional();

const USUAL_PORT = 8080;

/**
 * A missing model shows in OME as neither an event nor a status, so it is looked for here.
 * @throws TunerError MODEL_NOT_FOUND, RUNTIME_NOT_FOUND, RUNTIME_UNSUITABLE, INVALID_TASK.
 */
export async function readServingPlan(
  cluster: Cluster,
  task: TuningTask,
  combination: Combination,
  signal?: AbortSignal
): Promise<ServingPlan> {
  const runtimeName = task.base_runtime ?? '';
  const { namespace } = task.model;
  const [model, runtime] = await Promise.all([
    find(cluster, [BASE_MODEL, CLUSTER_BASE_MODEL], namespace, task.model.name, signal),
    find(cluster, [SERVING_RUNTIME, CLUSTER_SERVING_RUNTIME], namespace, runtimeName, signal),
  ]);
  if (!model) {
    const message = `there is no ClusterBaseModel '${task.model.name}', nor a BaseModel of that name in '${namespace}'`;
    throw new TunerError('MODEL_NOT_FOUND', message);
  }
  if (!runtime) {
    const message = `there is no ClusterServingRuntime '${runtimeName}', nor a ServingRuntime of that name in '${namespace}'`;
    throw new TunerError('RUNTIME_NOT_FOUND', message);
  }
  const { runner, ...offered } = readRuntime(runtime);
  checkModel(model, offered);
  const alias = servedName(task);
  const named = {
    name: 'served_model_name',
    flag: '--served-model-name',
    aliases: [],
    args: ['--served-model-name', alias],
  };
  const flags = [
    ...(task.engine === 'sglang' || task.engine === 'vllm' ? [named] : []),
    ...engineFlags(task, combination),
  ];
  return {
    model: { name: task.model.name, kind: model.kind },
    runtime: { name: runtimeName, kind: runtime.kind },
    container: runner.name,
    args: overrideArgs(runner, flags.map(asText)),
    port: runner.ports[0]?.containerPort ?? portOf([...runner.command, ...runner.args]) ?? USUAL_PORT,
    accelerators: task.ome.accelerators ?? acceleratorsOf(task, combination),
  };
}

/** The name that the engine answers to. By `endpoint.inferenceService` OME calls genai-bench with this one, whatever the task says. */
export function servedName(task: TuningTask): string {
  return isCalledByOme(task) ? 'vllm-model' : task.benchmark.model_name;
}

/** Whether OME decides how genai-bench is called: a BenchmarkJob by `endpoint.inferenceService`. */
export function isCalledByOme({ benchmark, ome }: TuningTask): boolean {
  return benchmark.runner === 'ome-benchmark-job' && ome.benchmark.endpoint === 'inference-service';
}

/** The runtime's own arguments may hold `$(NAME)` and `{{.Name}}`; in what a task says they are text. */
function asText(flag: EngineFlag): EngineFlag {
  return { ...flag, args: flag.args.map(literalForOme) };
}

/** The first kind that has it; namespaced before cluster-wide, as OME looks for them. */
async function find(
  cluster: Cluster,
  kinds: readonly CustomKind[],
  namespace: string,
  name: string,
  signal: AbortSignal | undefined
): Promise<Manifest | null> {
  for (const kind of kinds) {
    const found = await cluster.get(kind, namespace, name, signal);
    if (found) return { ...found, kind: kind.kind };
  }
  return null;
}

function readRuntime({
  metadata,
  spec,
}: Manifest): { runner: z.output<typeof runnerSchema> } & z.output<typeof runtimeSchema> {
  const runtime = runtimeSchema.safeParse(spec);
  if (!runtime.success) throw new TunerError('RUNTIME_UNSUITABLE', `the runtime '${metadata.name}' cannot be read`);
  if (runtime.data.disabled) throw new TunerError('RUNTIME_NOT_FOUND', `the runtime '${metadata.name}' is disabled`);
  const runner = runtime.data.engineConfig?.runner ?? runtime.data.containers?.[0];
  if (!runner) throw new TunerError('RUNTIME_UNSUITABLE', `the runtime '${metadata.name}' has no engineConfig.runner`);
  return { ...runtime.data, runner };
}

function checkModel(
  { metadata, spec, status }: Manifest,
  { supportedModelFormats: formats }: z.output<typeof runtimeSchema>
): void {
  const model = modelSchema.safeParse(spec).data;
  const state = modelStatusSchema.safeParse(status).data?.state;
  if (model?.disabled) throw new TunerError('MODEL_NOT_FOUND', `the model '${metadata.name}' is disabled`);
  // OME leaves the state empty until its agent has looked; only what it says can be held against the model.
  if (state && state !== 'Ready') {
    throw new TunerError('MODEL_NOT_FOUND', `the model '${metadata.name}' is not ready: its state is ${state}`);
  }
  const fits = formats.some(
    ({ modelFormat, modelArchitecture }) =>
      (!modelFormat || !model?.modelFormat || modelFormat.name === model.modelFormat.name) &&
      (!modelArchitecture || !model?.modelArchitecture || modelArchitecture === model.modelArchitecture)
  );
  if (formats.length > 0 && !fits) {
    const has = `${model?.modelFormat?.name ?? 'no format'}, ${model?.modelArchitecture ?? 'no architecture'}`;
    const takes = formats.map((item) => `${item.modelFormat?.name ?? '*'}/${item.modelArchitecture ?? '*'}`).join(', ');
    throw new TunerError(
      'RUNTIME_UNSUITABLE',
      `the runtime takes ${takes}, and the model '${metadata.name}' is ${has}`
    );
  }
}

function portOf(args: readonly string[]): number | null {
  const found = args.findIndex((word) => word === '--port' || word.startsWith('--port='));
  const text = found < 0 ? '' : (args[found]?.split('=')[1] ?? args[found + 1] ?? '');
  return /^\d{1,5}$/.test(text) ? Number(text) : null;
}
