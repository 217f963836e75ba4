/** Events as the kubelet and controllers write them: one object for each cause, with a count. */
import { createHash } from 'node:crypto';
import type { CoreV1Event, KubernetesObject } from '@kubernetes/client-node';
import { ApiError, type Api } from '../api.js';

export interface EventDetails {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Never fails: an event that cannot be written is lost, as in a real cluster. */
export class Events {
  constructor(
    private readonly api: Api,
    private readonly component: string
  ) {}

  async record(object: KubernetesObject, { type, reason, message }: EventDetails): Promise<void> {
    const { apiVersion = 'v1', kind = 'Pod', metadata = {} } = object;
    const { name = '', namespace = 'default', uid = '' } = metadata;
    const hash = createHash('sha256').update(`${uid} ${type} ${reason} ${message}`).digest('hex').slice(0, 16);
    const path = `/api/v1/namespaces/${namespace}/events`;
    const now = new Date();
    const event: CoreV1Event = {
      metadata: { name: `${name}.${hash}`, namespace },
      involvedObject: { apiVersion, kind, name, namespace, uid },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      source: { component: this.component },
      reportingComponent: this.component,
    };
    try {
      await this.api.create(path, event);
    } catch (error) {
      if (error instanceof ApiError && error.code === 409)
        await this.repeat(`${path}/${name}.${hash}`).catch(() => null);
    }
  }

  private async repeat(path: string): Promise<void> {
    const { count = 1 } = await this.api.get<CoreV1Event>(path);
    await this.api.patch(path, { count: count + 1, lastTimestamp: new Date() });
  }
}
