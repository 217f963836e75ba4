import type { TunerError } from '../../domain/failures.js';
import type { Container } from '../../platform/docker/container.js';
import { pastEvents } from '../../platform/docker/container-events.js';
import type { DockerClient } from '../../platform/docker/docker-client.js';
import type { Phase } from '../classify/rule.js';
import type { Deployment } from '../types.js';
import { explainEnd, hasEnded } from './ending.js';
import type { EngineLogs } from './engine-logs.js';
import { settingsOf } from './plan-container.js';

/** How engines have ended: by their containers, what the daemon remembers of them, and their logs. */
export class EngineEnds {
  constructor(
    private readonly client: DockerClient,
    private readonly logs: EngineLogs
  ) {}

  /** Null while it runs. */
  async of(deployment: Deployment): Promise<TunerError | null> {
    const container = await this.client.inspect(deployment.name);
    const actions = (await this.pastActions(container)) ?? [];
    if (!hasEnded({ container, actions })) return null;
    return this.explain(deployment, container, actions, 'load');
  }

  /** Call it for one that has ended. @param actions what the daemon was heard to say of it. */
  async explain(
    { name, task }: Deployment,
    container: Container | null,
    actions: readonly string[],
    phase: Phase
  ): Promise<TunerError> {
    const memory = settingsOf(task).memory ?? null;
    // Its end may have come before anybody listened.
    const known = container && !actions.includes('die') ? await this.pastActions(container) : actions;
    const forgotten = known !== null && !known.includes('die');
    const lines = await this.logs.lines(name);
    return explainEnd({ container, actions: [...actions, ...(known ?? [])], forgotten, phase, memory, lines });
  }

  /** What the daemon knows to have happened to it; null when it does not say. */
  private async pastActions(container: Container | null): Promise<readonly string[] | null> {
    if (!container) return null;
    const sinceMs = container.startedAtMs ?? container.createdAtMs ?? Date.now();
    const events = await pastEvents(this.client, container.id, sinceMs).catch(() => null);
    return events?.map(({ action }) => action) ?? null;
  }
}
