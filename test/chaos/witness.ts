/** Looks again and again at what is really alive, apart from anything that the tuner or the stand-ins say. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 250;

export class EngineWitness {
  private most = 0;
  private watching = true;
  private readonly loop: Promise<void>;

  constructor(private readonly enginesAlive: () => Promise<number>) {
    this.loop = this.watch();
  }

  /** @returns the most engines that were alive at the same time. */
  async stop(): Promise<number> {
    this.watching = false;
    await this.loop;
    return this.most;
  }

  private async watch(): Promise<void> {
    while (this.watching) {
      this.most = Math.max(this.most, await this.enginesAlive());
      await sleep(LOOK_EVERY_MS);
    }
  }
}
