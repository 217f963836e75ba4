/** What engines in containers have written, without secrets. */
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { saveContainerLog } from '../../platform/docker/container-log.js';
import type { DockerClient } from '../../platform/docker/docker-client.js';
import { readTail } from '../../platform/log-tail.js';
import type { Redactor } from '../../platform/redactor.js';
import type { Secrets } from '../../platform/secrets.js';
import { LINES_TO_CLASSIFY } from '../classify/classify.js';
import type { EngineFolders } from './engine-folders.js';
import { ownershipOf } from './ownership.js';

export class EngineLogs {
  constructor(
    private readonly client: DockerClient,
    private readonly folders: EngineFolders,
    private readonly secrets: Secrets
  ) {}

  /** The last lines, as many as are classified; none when the daemon does not say. */
  async lines(name: string): Promise<string[]> {
    await this.save(name, LINES_TO_CLASSIFY).catch(() => undefined);
    return readTail(this.folders.logFile(name), LINES_TO_CLASSIFY, await this.redactorOf(name));
  }

  /** Copies the whole log. What cannot be read or written is left out: a disk that is full must not keep an engine's place. */
  async keep(name: string, folder: string): Promise<void> {
    await this.save(name).catch(() => undefined);
    const redactor = await this.redactorOf(name);
    await redactor.copy(this.folders.logFile(name), join(folder, 'engine.log')).catch(() => undefined);
  }

  /** Of a container that is gone, what was saved before stays. */
  private async save(name: string, tail?: number): Promise<void> {
    const log = this.folders.logFile(name);
    const part = `${log}.part`;
    await mkdir(dirname(log), { recursive: true, mode: 0o700 });
    try {
      if (await saveContainerLog(this.client, name, part, tail === undefined ? {} : { tail })) await rename(part, log);
    } finally {
      await rm(part, { force: true });
    }
  }

  private async redactorOf(name: string): Promise<Redactor> {
    const container = await this.client.inspect(name).catch(() => null);
    await this.secrets.recall(ownershipOf(container?.labels ?? {})?.secrets ?? []);
    return this.secrets.redactor.and(await this.folders.key(name));
  }
}
