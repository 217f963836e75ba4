/** From a combination to the engine's command line: one rule for every engine, with each engine's exceptions in its template. */
import type { Combination } from '../domain/space/combination.js';
import { TunerError } from '../domain/failures.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import { embeddedEngine, findOnPath, findTool } from '../platform/environment.js';
import { engineFlags, metricsFlags, templateOf, type EngineContext } from './engine-flags.js';

/**
 * The arguments of the engine, without its executable. A parameter becomes `--name-with-dashes value`; true a flag alone, false none.
 * A combination's value takes the place of the same name in `engine_args`.
 * @throws TunerError INVALID_TASK when the task sets what belongs to the backend.
 */
export function engineArguments(
  task: Pick<TuningTask, 'engine' | 'engine_args'>,
  combination: Combination,
  context: EngineContext
): string[] {
  const settings = engineFlags(task, combination).flatMap((item) => item.args);
  if (typeof task.engine !== 'string') {
    const placeholders: Record<string, string> = {
      port: String(context.port),
      host: context.host,
      model: context.model,
      alias: context.alias,
      api_key_file: context.apiKeyFile ?? 'API_KEY_FILE',
    };
    const own = task.engine.command
      .slice(1)
      .map((argument) =>
        argument.replace(/\{(port|host|model|alias|api_key_file)\}/g, (_, name: string) => placeholders[name] ?? '')
      );
    return [...own, ...settings];
  }
  return [
    ...templateOf(task.engine, context).args.map(String),
    ...metricsFlags(task, combination, context),
    ...settings,
  ];
}

/**
 * The executable of the engine on this machine, as the start of a command.
 * @param allowCommand whether the worker lets tasks name their own command.
 * @throws TunerError ENGINE_NOT_FOUND, NOT_ALLOWED.
 */
export function engineProgram(engine: TuningTask['engine'], allowCommand: boolean): readonly string[] {
  if (typeof engine !== 'string') {
    if (allowCommand) return engine.command.slice(0, 1);
    throw new TunerError(
      'NOT_ALLOWED',
      'this worker starts no commands that a task names; AUTOTUNER_ALLOW_COMMAND=1 lets it'
    );
  }
  switch (engine) {
    case 'llama.cpp': {
      const server = findTool('llama-server');
      const program = server ? [server] : embeddedEngine();
      if (program) return program;
      throw notFound(
        'llama-server',
        'LLAMA_SERVER_PATH',
        ', nor is the embedded engine installed (node scripts/setup.mjs)'
      );
    }
    case 'sglang':
      return [onPath(process.env['SGLANG_PYTHON'] || 'python3', 'SGLANG_PYTHON')];
    case 'vllm':
      return [onPath(process.env['VLLM_PATH'] || 'vllm', 'VLLM_PATH')];
  }
}

function onPath(name: string, variable: string): string {
  const path = name.includes('/') ? name : findOnPath(name);
  if (path) return path;
  throw notFound(name, variable);
}

function notFound(name: string, variable: string, more = ''): TunerError {
  return new TunerError('ENGINE_NOT_FOUND', `${name} is not on PATH and ${variable} is not set${more}`);
}
