/** A container's log as the kubelet's HTTP endpoint reads it: `<time> <stream> F <line>`, one record a line. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';

export class CriLog {
  private readonly fd: number;
  private readonly rest = new Map<string, string>();
  private open = true;

  /** The file is there from now on. */
  constructor(file: string) {
    this.fd = openSync(file, 'a');
  }

  /** Records what comes out of one stream, line by line. */
  record(name: 'stdout' | 'stderr', stream: Readable): void {
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = ((this.rest.get(name) ?? '') + text).split('\n');
      this.rest.set(name, lines.pop() ?? '');
      this.write(name, lines);
    });
  }

  /** A last line without an end is written too. */
  close(): void {
    for (const [name, line] of this.rest) if (line !== '') this.write(name, [line]);
    this.open = false;
    closeSync(this.fd);
  }

  private write(name: string, lines: readonly string[]): void {
    const time = new Date().toISOString();
    // What the program has left behind may still write.
    if (this.open && lines.length > 0) writeSync(this.fd, lines.map((line) => `${time} ${name} F ${line}\n`).join(''));
  }
}
