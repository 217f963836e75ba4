/** Where references to secrets become values: on the worker's machine, in the moment that a process is started with them. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { TunerError } from '../domain/failures.js';
import { isReference, looksSecret, parseReference, type SecretReference } from '../domain/task/secrets.js';
import { HISTORY_URL_VARIABLE, secretsOfHistoryUrl } from './history-url.js';
import { Redactor } from './redactor.js';
import { SHORTEST_SECRET } from './secret-forms.js';

const MAX_BYTES = 64 * 1024;

export class Secrets {
  /** Knows every secret that this worker has, and that it has met. */
  readonly redactor = new Redactor();

  /**
   * @param variables the worker's environment.
   * @param allowed what tasks may refer to: names of variables, and files or folders as `file:/path`. Nothing by default.
   */
  constructor(
    private readonly variables: NodeJS.ProcessEnv = process.env,
    private readonly allowed: readonly string[] = []
  ) {
    for (const [name, value] of secretsOf(variables)) if (!isOwn(name) && !isReference(value)) this.redactor.add(value);
    for (const value of secretsOfHistoryUrl(variables)) this.redactor.add(value);
  }

  /**
   * The values of references.
   * @throws TunerError NOT_ALLOWED, SECRET_UNAVAILABLE; they name the reference, and never a value.
   */
  async resolve(references: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const values: Record<string, string> = {};
    for (const [name, text] of Object.entries(references)) {
      const reference = parseReference(text);
      if (!reference) throw new TunerError('INVALID_TASK', `'${text}' is no reference to a secret`);
      values[name] = await this.read(text, reference);
      this.redactor.add(values[name]);
    }
    return values;
  }

  /** Learns again, to take them out of texts, the secrets that a process was given before this worker was started. */
  async recall(references: readonly string[]): Promise<void> {
    for (const text of references) {
      // One that is gone meanwhile can no longer be known, and must not be in the way of a tear-down.
      await this.resolve({ value: text }).catch(() => undefined);
    }
  }

  /** Takes the worker's own secrets from the environment that a process would inherit: each is passed on by reference only. */
  hidden(): Record<string, undefined> {
    const names = secretsOf(this.variables).map(([name]) => name);
    // An address with a password; headers with a token for the collector of traces.
    for (const name of [HISTORY_URL_VARIABLE, 'OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'])
      if (this.variables[name]) names.push(name);
    return Object.fromEntries(names.map((name) => [name, undefined]));
  }

  private async read(text: string, reference: SecretReference): Promise<string> {
    const value = reference.kind === 'env' ? this.readVariable(reference.name) : await this.readFile(reference.path);
    const reason =
      value.length < SHORTEST_SECRET
        ? `has fewer than ${SHORTEST_SECRET} characters, too few to be found in a log`
        : value.includes('\0') && 'holds a NUL character, which no variable can';
    if (reason) throw new TunerError('SECRET_UNAVAILABLE', `the secret ${text} ${reason}`);
    return value;
  }

  private readVariable(name: string): string {
    if (!this.allowed.some((item) => item === name || item === `env:${name}`)) throw notAllowed(`env:${name}`, name);
    const value = this.variables[name];
    if (value) return value;
    throw new TunerError('SECRET_UNAVAILABLE', `the secret env:${name} is not set in the environment of the worker`);
  }

  private async readFile(path: string): Promise<string> {
    const roots = this.allowed.filter((item) => item.startsWith('file:/')).map((item) => item.slice('file:'.length));
    // By its name first: an answer about a file elsewhere would tell whether it exists.
    if (!roots.some((root) => isWithin(path, root))) throw notAllowed(`file:${path}`, 'file:/FOLDER');
    const unavailable = (why: string): TunerError =>
      new TunerError('SECRET_UNAVAILABLE', `the secret file:${path} cannot be read: ${why}`);
    let real: string;
    try {
      real = await realpath(path);
      const within = await Promise.all(
        roots.map(async (root) => isWithin(real, await realpath(root).catch(() => root)))
      );
      if (!within.includes(true)) throw notAllowed(`file:${path}`, 'file:/FOLDER');
      const info = await stat(real);
      if (!info.isFile()) throw unavailable('it is no file');
      if (info.size > MAX_BYTES) throw unavailable(`it is larger than ${MAX_BYTES} bytes`);
      return (await readFile(real, 'utf8')).replace(/\r?\n$/, '');
    } catch (error) {
      if (error instanceof TunerError) throw error;
      throw unavailable((error as NodeJS.ErrnoException).code ?? 'unknown');
    }
  }
}

function isWithin(path: string, root: string): boolean {
  const folder = root.replace(/\/+$/, '');
  return path === folder || path.startsWith(folder + sep);
}

function notAllowed(reference: string, setting: string): TunerError {
  return new TunerError(
    'NOT_ALLOWED',
    `this worker does not let tasks use ${reference}: AUTOTUNER_SECRETS=${setting} in its environment does`
  );
}

function secretsOf(variables: NodeJS.ProcessEnv): [string, string][] {
  return Object.entries(variables).flatMap(([name, value]) => (value && looksSecret(name) ? [[name, value]] : []));
}

/** Ours hold references and names, which are no secrets. */
function isOwn(name: string): boolean {
  return name.startsWith('AUTOTUNER_');
}
