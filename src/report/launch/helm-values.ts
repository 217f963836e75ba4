/** Values for the chart in deploy/helm/inference-engine: the engine in any cluster. */
import { sentences } from '../charts/text.js';
import { literalForKubernetes } from '../../backends/ome/literal.js';
import { imageOf } from './images.js';
import { engineWords } from './shell.js';
import { MODEL, PORT, safeName, usesAccelerators, type Setup } from './setup.js';
import type { Launch } from './types.js';
import { yamlText } from './yaml-text.js';

const CLAIM = 'name-of-the-claim';
const SECRET = 'name-of-the-secret';
const FILE = 'path-of-the-model-in-the-claim';

/** Null where no image is known. */
export function helmLaunch(setup: Setup): Launch | null {
  const image = imageOf(setup);
  if (!image) return null;
  const { task, isHubModel, variables, accelerators } = setup;
  const place = `/models/${FILE}`;
  const word = (text: string): string => literalForKubernetes(text).replaceAll(MODEL, place);
  const onAccelerators = usesAccelerators(setup);
  const limits = { [task.ome.accelerator_resource]: accelerators ?? 1 };
  const values = {
    image: { repository: image.repository, tag: image.tag },
    command: image.command.map(word),
    args: image.args.map(word),
    port: PORT,
    ...(isHubModel ? {} : { model: { existingClaim: CLAIM, mountPath: '/models' } }),
    ...(variables.length > 0
      ? {
          env: variables.map(({ name, value }) =>
            value === null
              ? { name, valueFrom: { secretKeyRef: { name: SECRET, key: name } } }
              : { name, value: literalForKubernetes(value) }
          ),
        }
      : {}),
    ...(onAccelerators ? { resources: { limits }, sharedMemory: '8Gi' } : {}),
    ...(Object.keys(task.ome.node_selector).length > 0 ? { nodeSelector: task.ome.node_selector } : {}),
    ...(task.ome.tolerations.length > 0 ? { tolerations: task.ome.tolerations } : {}),
  };
  const placeholders = [
    ...(isHubModel
      ? []
      : [
          { name: CLAIM, meaning: 'a PersistentVolumeClaim that holds the model' },
          { name: FILE, meaning: 'where the model is in it' },
        ]),
    ...(variables.some(({ value }) => value === null)
      ? [{ name: SECRET, meaning: 'a Secret with the variables that the tune took from one' }]
      : []),
    ...(image.isMeasured
      ? []
      : [{ name: image.tag, meaning: `the tag of the version that was measured, ${engineWords(setup)}` }]),
  ];
  return {
    kind: 'helm-values',
    title: 'With Helm',
    words: sentences(
      `Values for the chart in deploy/helm/inference-engine: \`helm install ${safeName(task.task_name)} deploy/helm/inference-engine -f FILE\`.`,
      ...placeholders.map(({ name, meaning }) => `Replace ${name} by ${meaning}.`),
      'It was not measured this way: measure again where it is to serve if the difference matters.'
    ),
    language: 'yaml',
    text: yamlText(values),
    file: `${safeName(task.task_name)}-values.yaml`,
    placeholders,
  };
}
