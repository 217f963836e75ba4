/** The engine as a process of a machine. */
import type { ResultsFile } from '../../domain/results/tune-result.js';
import { shellQuote } from '../../domain/shell-quote.js';
import type { ExperimentResult } from '../../domain/results/tune-result.js';
import { plain, sentences } from '../charts/text.js';
import { lines, quoteWord } from './quote.js';
import { PORT, safeName, type Setup } from './setup.js';
import type { Launch } from './types.js';

const PROGRAMS = { 'llama.cpp': 'llama-server', sglang: 'python3', vllm: 'vllm' } as const;

export function shellLaunch(setup: Setup): Launch {
  const { task, isHubModel, variables } = setup;
  const program = typeof task.engine === 'string' ? PROGRAMS[task.engine] : (task.engine.command[0] ?? '');
  const words = [program, ...setup.argumentsFor('127.0.0.1')].map((word) => quoteWord(word));
  const hasModel = words.some((word) => word.includes('"$MODEL"'));
  const texts = variables.flatMap(({ name, value }) => (value === null ? [] : [`${name}=${quoteWord(value)}`]));
  const secrets = variables.filter(({ value }) => value === null).map(({ name }) => name);
  const command = lines([...(texts.length > 0 ? ['env', ...texts] : []), ...words]);
  return {
    kind: 'shell',
    title: 'In a shell',
    words: sentences(
      `Starts the engine on port ${PORT} of this machine, for this machine alone.`,
      hasModel && 'Set MODEL to where the model is.',
      isHubModel && 'The engine fetches the model from its hub by name.',
      secrets.length > 0 && `Export ${secrets.join(', ')} first: the tune had a secret there.`,
      `It needs ${plain(program, 80)} on the PATH; what was measured is ${engineWords(setup)}.`,
      'It asks for no key: give it one before others can reach it.'
    ),
    language: 'sh',
    text: `${hasModel ? "MODEL='/path/to/the/model'\n" : ''}${command}\n`,
    file: `${safeName(task.task_name)}.sh`,
    placeholders: hasModel ? [{ name: '/path/to/the/model', meaning: 'where the model is on that machine' }] : [],
  };
}

/** The version that was measured, as far as it is known. */
export function engineWords({ task, result }: Setup): string {
  const version = result.provenance?.engine_version;
  const name = typeof task.engine === 'string' ? task.engine : 'the command of the task';
  return version && version !== 'unknown'
    ? `${name} ${plain(version, 100)}`
    : `${name}, of a version that nobody knows`;
}

/** The very command line that was measured: of use on that machine alone. */
export function measuredLaunch({ task_name: name }: ResultsFile, { provenance }: ExperimentResult): Launch | null {
  if (!provenance?.command) return null;
  return {
    kind: 'measured',
    title: 'As it was measured',
    words: `The command line of the engine on ${plain(provenance.host, 80) || 'its host'}, with the paths of that host: of use there, or to compare with.`,
    language: 'sh',
    text: `${lines(provenance.command.map((word) => shellQuote([word])))}\n`,
    file: `${safeName(name)}-measured.sh`,
    placeholders: [],
  };
}
