/** The same container as a person would start it. */
import { splitReferences } from '../../domain/task/secrets.js';
import { engineCommand, type ContainerPlan } from './container-spec.js';

type RunPlan = Pick<ContainerPlan, 'task' | 'settings' | 'combination' | 'model' | 'mounts' | 'devices'>;

/** `docker run ...`, with the values of secrets left to the environment of whoever runs it. */
export function dockerRunCommand(plan: RunPlan): string[] {
  const { settings, mounts, devices } = plan;
  const { texts, references } = splitReferences(settings.environment);
  const { entrypoint, args } = engineCommand(plan, null);
  const port = settings.port ?? settings.container_port;
  const option = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${name}`, String(value)];
  return [
    ...['docker', 'run', '--rm'],
    // The quotes are Docker's own: without them a comma begins another option.
    ...option('gpus', devices === 'all' ? 'all' : devices.length > 0 ? `"device=${devices.join(',')}"` : undefined),
    ...['--publish', `127.0.0.1:${port}:${settings.container_port}`],
    ...mounts.flatMap(({ source, target, readOnly }) => ['--volume', `${source}:${target}${readOnly ? ':ro' : ''}`]),
    ...option('shm-size', compact(settings.shm_size)),
    ...option('memory', compact(settings.memory)),
    ...option('memory-swap', compact(settings.memory)),
    ...option('cpus', settings.cpus),
    ...option('user', settings.user),
    ...Object.entries(settings.ulimits).flatMap(([name, value]) => {
      if (value === undefined) return [];
      const { soft, hard } = typeof value === 'number' ? { soft: value, hard: value } : value;
      return ['--ulimit', `${name}=${soft}:${hard}`];
    }),
    ...Object.entries(texts).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...Object.keys(references).flatMap((name) => ['--env', name]),
    ...option('entrypoint', entrypoint ?? undefined),
    settings.image,
    ...args,
  ];
}

/** docker takes no blanks in it. */
function compact(size: string | undefined): string | undefined {
  return size?.replace(/\s/g, '').toLowerCase().replace(/i?b$/, '');
}
