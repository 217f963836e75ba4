/** The engine in a container of this machine. */
import { sentences } from '../charts/text.js';
import { imageName, imageOf } from './images.js';
import { lines, quoteWord } from './quote.js';
import { engineWords } from './shell.js';
import { MODEL, PORT, safeName, usesAccelerators, type Setup } from './setup.js';
import type { Launch } from './types.js';

/** Null where no image is known. */
export function dockerLaunch(setup: Setup): Launch | null {
  const image = imageOf(setup);
  if (!image) return null;
  const { task, isHubModel, variables, accelerators } = setup;
  const inside = task.engine === 'llama.cpp' ? '/model.gguf' : '/model';
  const onAccelerators = usesAccelerators(setup);
  const [program = '', ...rest] = image.command;
  const args = [...rest, ...image.args].map((word) => quoteWord(word.replaceAll(MODEL, inside)));
  const name = imageName(image);
  const words = [
    ...['docker run', '--rm', '--name', safeName(task.task_name), '-p', `127.0.0.1:${PORT}:${PORT}`],
    ...(onAccelerators ? ['--gpus', String(accelerators ?? 'all'), '--shm-size', '8g'] : []),
    ...(isHubModel ? ['-v', '"$HOME/.cache/huggingface":/root/.cache/huggingface'] : ['-v', `"$MODEL":${inside}:ro`]),
    ...variables.flatMap(({ name: variable, value }) => [
      '-e',
      value === null ? variable : quoteWord(`${variable}=${value}`),
    ]),
    ...['--entrypoint', program, quoteWord(name)],
  ];
  const secrets = variables.filter(({ value }) => value === null).map((one) => one.name);
  return {
    kind: 'docker',
    title: 'In a container',
    words: sentences(
      `Serves on port ${PORT} of this machine, for this machine alone.`,
      !isHubModel && `Set MODEL to where the model is; the container sees it as ${inside}.`,
      image.isMeasured
        ? `The image is that of the version which was measured.`
        : `Replace the tag ${image.tag} by that of the version which was measured: ${engineWords(setup)}.`,
      secrets.length > 0 && `Export ${secrets.join(', ')} first: the tune had a secret there.`,
      'It was not measured in this container: measure again where it is to serve if the difference matters.'
    ),
    language: 'sh',
    text: `${isHubModel ? '' : "MODEL='/path/to/the/model'\n"}${lines(words)} \\\n  ${lines(args)}\n`,
    file: `${safeName(task.task_name)}-docker.sh`,
    placeholders: [
      ...(isHubModel ? [] : [{ name: '/path/to/the/model', meaning: 'where the model is on that machine' }]),
      ...(image.isMeasured ? [] : [{ name: image.tag, meaning: 'the tag of the version that was measured' }]),
    ],
  };
}
