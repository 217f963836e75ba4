import { dockerRunCommand } from '../backends/docker/run-command.js';
import { engineArguments } from '../backends/engine-command.js';
import type { Combination } from '../domain/space/combination.js';
import type { DockerSettings } from '../domain/task/docker.schema.js';
import type { TuningTask } from '../domain/task/task.schema.js';

/** Executables as people know them: the plan is made without looking at the machine that will run it. */
const PROGRAMS = { 'llama.cpp': 'llama-server', sglang: 'python3', vllm: 'vllm' } as const;

/** The engine's command of a combination, as far as it is known before the machine is. */
export function engineCommandOf(task: TuningTask, combination: Combination): string[] {
  if (task.backend === 'docker' && task.docker) return inDocker(task, task.docker, combination);
  const program = typeof task.engine === 'string' ? PROGRAMS[task.engine] : (task.engine.command[0] ?? '');
  const args = engineArguments(task, combination, {
    model: task.model.path ?? task.model.name,
    alias: task.benchmark.model_name,
    host: '127.0.0.1',
    port: 'PORT',
    apiKeyFile: 'KEY_FILE',
  });
  return [program, ...args];
}

function inDocker(task: TuningTask, settings: DockerSettings, combination: Combination): string[] {
  const mounts = settings.volumes.map(({ source, target, read_only: readOnly }) => ({ source, target, readOnly }));
  const mounted = { source: task.model.path ?? task.model.name, target: settings.model_mount, readOnly: true };
  const { devices: wanted } = settings;
  // Which ones `auto` will be, the leases decide when it starts.
  const devices = Array.isArray(wanted) ? wanted.map(String) : wanted === 'all' ? 'all' : [];
  return dockerRunCommand({
    ...{ task, settings, combination, devices },
    model: settings.model_mount,
    mounts: [mounted, ...mounts],
  });
}
