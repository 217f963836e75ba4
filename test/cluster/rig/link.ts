/** One request through the proxy: streams that are joined, can be held, and are cut together. */
import type { ServerResponse } from 'node:http';
import type { Duplex, Readable, Writable } from 'node:stream';

/** The side that asked: a response, or after an upgrade the connection itself. */
export type Client = ServerResponse | Duplex;

export class Link {
  /** Resolves at once, or when the link is held no longer. */
  open: Promise<void> = Promise.resolve();
  private release: () => void = () => undefined;
  private held = false;
  private readonly joints: { readonly from: Readable; readonly to: Writable }[] = [];

  /**
   * @param name `METHOD /path?query`
   */
  constructor(
    readonly name: string,
    private readonly client: Client
  ) {
    // A client that goes away is no error of ours.
    client.on('error', () => undefined);
  }

  onClose(action: () => void): void {
    this.client.once('close', action);
  }

  /** Everything that comes from one goes to the other. */
  join(from: Readable, to: Writable): void {
    from.on('error', () => this.cut());
    this.joints.push({ from, to });
    if (!this.held) from.pipe(to);
  }

  /** While it is held nothing passes. */
  hold(on: boolean): void {
    if (on === this.held) return;
    this.held = on;
    if (on) this.open = new Promise((resolve) => (this.release = resolve));
    else this.release();
    for (const { from, to } of this.joints) {
      if (on) from.unpipe(to);
      else from.pipe(to);
    }
  }

  /** Says this as the last thing. */
  endWith(text: string): void {
    for (const { from, to } of this.joints) from.unpipe(to);
    this.client.end(text);
  }

  cut(): void {
    // An HTTP response is one of many on a connection; the connection is what breaks.
    const connection = 'socket' in this.client ? this.client.socket : null;
    (connection ?? this.client).destroy();
  }
}
