/** The engine in a cluster with OME. */
import { parse } from 'yaml';
import { literalForOme } from '../../backends/ome/literal.js';
import { environmentOf } from '../../backends/ome/manifest.js';
import { render } from '../../platform/templates.js';
import { sentences } from '../charts/text.js';
import { MODEL, safeName, usesAccelerators, type Setup } from './setup.js';
import type { Launch } from './types.js';
import { yamlText } from './yaml-text.js';

const RUNTIME = 'name-of-the-runtime';
const MODEL_NAME = 'name-of-the-model';
const DNS_NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** Null for a command of the task's own. */
export function inferenceServiceLaunch(setup: Setup): Launch | null {
  const { task, accelerators } = setup;
  if (typeof task.engine !== 'string') return null;
  const { ome } = task;
  const measured = task.backend === 'ome' ? measuredArgs(setup) : null;
  const runtime = task.base_runtime ?? RUNTIME;
  const model = task.backend === 'ome' || DNS_NAME.test(task.model.name) ? task.model.name : MODEL_NAME;
  const amount =
    accelerators === null || !usesAccelerators(setup) ? null : { [ome.accelerator_resource]: String(accelerators) };
  const manifest = parse(
    render('ome/inference-service.yaml.njk', {
      name: safeName(task.task_name),
      namespace: task.model.namespace,
      // None of the tuner's: it takes down what carries them.
      ...{ labels: {}, annotations: {} },
      model: { name: model, kind: 'ClusterBaseModel' },
      runtime: { name: runtime, kind: 'ClusterServingRuntime' },
      container: 'ome-container',
      image: ome.image ?? null,
      // It serves people: what they have asked is answered first.
      terminationGraceSeconds: null,
      hasNodeSelector: Object.keys(ome.node_selector).length > 0,
      nodeSelector: ome.node_selector,
      tolerations: ome.tolerations,
      args: measured ?? freshArgs(setup),
      env: environmentOf(ome.environment, literalForOme),
      volumes: ome.volumes.map(({ claim, config_map: map, memory, read_only: readOnly }, i) => ({
        name: `task-${i}`,
        ...(claim
          ? { persistentVolumeClaim: { claimName: claim, readOnly } }
          : map
            ? { configMap: { name: map } }
            : { emptyDir: { medium: 'Memory', sizeLimit: memory } }),
      })),
      volumeMounts: ome.volumes.map(({ mount_path: mountPath, read_only: readOnly }, i) => ({
        ...{ name: `task-${i}`, mountPath, readOnly },
      })),
      resources: amount && { requests: amount, limits: amount },
    })
  ) as { metadata: Record<string, unknown> };
  const { name, namespace } = manifest.metadata;
  const placeholders = [
    ...(runtime === RUNTIME
      ? [{ name: RUNTIME, meaning: 'a ClusterServingRuntime of this engine in your cluster' }]
      : []),
    ...(model === MODEL_NAME
      ? [{ name: MODEL_NAME, meaning: 'the ClusterBaseModel of this model in your cluster' }]
      : []),
  ];
  return {
    kind: 'inference-service',
    title: 'In a cluster with OME',
    words: sentences(
      'An InferenceService for `kubectl apply -f`.',
      ...placeholders.map((one) => `Replace ${one.name} by ${one.meaning}.`),
      task.backend !== 'ome' &&
        model !== MODEL_NAME &&
        `It takes for granted that the cluster knows the model as ${model}.`,
      measured
        ? 'Its arguments are those that were measured, those of the runtime among them.'
        : 'Its arguments take the place of those of the runtime: add what else your runtime gives its engine.',
      task.backend !== 'ome' && 'It was not measured in a cluster: measure again there if the difference matters.',
      'Where the model or the runtime is a namespaced one, change its kind to BaseModel or ServingRuntime.'
    ),
    language: 'yaml',
    text: yamlText({ ...manifest, metadata: { name, namespace } }),
    file: `${safeName(task.task_name)}-inference-service.yaml`,
    placeholders,
  };
}

/** As OME's own runtimes start them: the program is in the runtime's command. */
function freshArgs(setup: Setup): string[] {
  const all = setup.argumentsFor('0.0.0.0').map((word) => (word === MODEL ? word : literalForOme(word)));
  const args =
    setup.task.engine === 'sglang' ? all.slice(2) : setup.task.engine === 'vllm' ? ['--model', ...all.slice(1)] : all;
  // What a cluster knows as the model's place, which the task cannot say.
  return args.map((word, i) => {
    if (word.includes(MODEL) || (setup.isHubModel && word === setup.task.model.name)) return '$(MODEL_PATH)';
    return args[i - 1] === '--port' ? '8080' : word;
  });
}

/** The arguments of the container that was measured, after its program. OME's templates were filled in there; what is left is text. */
function measuredArgs({ result }: Setup): string[] | null {
  const command = result.provenance?.command;
  if (!command) return null;
  const at = command.findIndex((word) =>
    /(?:^|\/)(?:sglang\.launch_server|vllm\.entrypoints\.openai\.api_server|serve|llama-server)$/.test(word)
  );
  return at < 0 ? null : command.slice(at + 1).map((word) => word.replaceAll('{{', '{{`{{`}}'));
}
