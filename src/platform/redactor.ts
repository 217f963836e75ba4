/** Takes known secrets out of what is kept: texts, values on their way into the history, files. */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { formsOf, SHORTEST_SECRET } from './secret-forms.js';
import { isZip, mapZip } from './zip.js';

const INSTEAD = '***';

interface Patterns {
  readonly text: RegExp;
  /** For bytes as Latin-1, so that a file keeps every byte that is no secret. */
  readonly bytes: RegExp;
  readonly longest: number;
}

export class Redactor {
  private readonly forms = new Set<string>();
  private patterns: Patterns | null = null;

  /** From now on the value is taken out, also as tools write it into JSON, URLs and headers. */
  add(value: string): void {
    if (value.length < SHORTEST_SECRET || this.forms.has(value)) return;
    for (const form of formsOf(value)) this.forms.add(form);
    this.patterns = compile(this.forms);
  }

  /** One that knows another value, too, and only as long as it is used. */
  and(value: string): Redactor {
    const more = new Redactor();
    for (const form of this.forms) more.forms.add(form);
    more.patterns = this.patterns;
    more.add(value);
    return more;
  }

  redact(text: string): string {
    return this.patterns ? text.replace(this.patterns.text, INSTEAD) : text;
  }

  /** A copy of a JSON value, cleaned in its texts and names. */
  clean<T>(value: T): T {
    return (this.patterns ? this.cleaned(value) : value) as T;
  }

  /** Cleans an error where it is, with its causes: it stays the error that it is. */
  cleanError(error: unknown): unknown {
    if (!this.patterns) return error;
    const seen = new Set<unknown>();
    for (let current = error; current instanceof Error && !seen.has(current); current = current.cause) {
      seen.add(current);
      current.message = this.redact(current.message);
      if (current.stack) current.stack = this.redact(current.stack);
      for (const [key, value] of Object.entries(current)) {
        // What cannot be set stays as it is: it is no text of ours.
        if (key !== 'cause') Reflect.set(current, key, this.cleaned(value));
      }
    }
    return error;
  }

  /**
   * Copies a file of any size without the secrets; every other byte stays as it is.
   * @returns whether there were any.
   */
  async copy(from: string, to: string): Promise<boolean> {
    let found = false;
    const scrub = async function* (this: Redactor, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      let rest = '';
      for await (const chunk of source) {
        const { clean, left, hit } = this.scan(rest + chunk.toString('latin1'), false);
        rest = left;
        found ||= hit;
        yield Buffer.from(clean, 'latin1');
      }
      const { clean, hit } = this.scan(rest, true);
      found ||= hit;
      yield Buffer.from(clean, 'latin1');
    };
    await pipeline(createReadStream(from), scrub.bind(this), createWriteStream(to, { mode: 0o600 }));
    return found;
  }

  /** Takes the secrets out of a file, also where it is an archive; one without any is not touched. */
  async scrub(path: string): Promise<void> {
    if (!this.patterns) return;
    const clean = `${path}.scrubbed`;
    try {
      const copied = (await startsLikeZip(path)) ? this.copyZip(path, clean) : this.copy(path, clean);
      if (!(await copied)) return;
      // When a file was written tells when its load ended.
      const { atime, mtime } = await stat(path);
      await utimes(clean, atime, mtime);
      await rename(clean, path);
    } finally {
      await rm(clean, { force: true });
    }
  }

  private async copyZip(from: string, to: string): Promise<boolean> {
    let found = false;
    try {
      const zip = mapZip(await readFile(from), (content) => {
        const { clean, hit } = this.scan(content.toString('latin1'), true);
        found ||= hit;
        return hit ? Buffer.from(clean, 'latin1') : content;
      });
      if (found) await writeFile(to, zip, { mode: 0o600 });
    } catch {
      // What cannot be looked into cannot be kept.
      await rm(from);
    }
    return found;
  }

  private cleaned(value: unknown): unknown {
    if (typeof value === 'string') return this.redact(value);
    if (Array.isArray(value)) return value.map((item) => this.cleaned(item));
    if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [this.redact(name), this.cleaned(item)]));
  }

  /** @returns what is clean for sure, and the end, in which a secret may have begun. */
  private scan(text: string, last: boolean): { clean: string; left: string; hit: boolean } {
    if (!this.patterns) return { clean: text, left: '', hit: false };
    const { bytes, longest } = this.patterns;
    const sure = last ? text.length : Math.max(0, text.length - longest + 1);
    const parts: string[] = [];
    let at = 0;
    bytes.lastIndex = 0;
    for (let match = bytes.exec(text); match && match.index < sure; match = bytes.exec(text)) {
      parts.push(text.slice(at, match.index), INSTEAD);
      at = match.index + match[0].length;
    }
    const end = Math.max(at, sure);
    return { clean: parts.join('') + text.slice(at, end), left: text.slice(end), hit: parts.length > 0 };
  }
}

async function startsLikeZip(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return isZip(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function compile(forms: ReadonlySet<string>): Patterns {
  // The longest first: one secret may be the beginning of another.
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  const pattern = (of: readonly string[]): RegExp => new RegExp(of.map(escapeRegExp).join('|'), 'g');
  const raw = sorted.map((form) => Buffer.from(form).toString('latin1')).sort((a, b) => b.length - a.length);
  return { text: pattern(sorted), bytes: pattern(raw), longest: raw[0]?.length ?? 0 };
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
