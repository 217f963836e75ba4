import type { Client } from '@temporalio/client';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { LOG_KINDS } from '../contracts/http/experiments.js';
import { HOST_ATTEMPTS } from '../contracts/policies.js';
import { experimentWorkflowId, resourceName } from '../domain/names.js';
import type { Environment } from '../platform/environment.js';
import type { Redactor } from '../platform/redactor.js';
import { Secrets } from '../platform/secrets.js';
import type { TuneReading } from './tune-reader.js';

export type LogKind = (typeof LOG_KINDS)[number];

interface LogFile {
  readonly path: string;
  readonly bytes: number;
}

interface FoundLog {
  readonly kind: LogKind;
  readonly bytes: number;
  readonly files: readonly LogFile[];
}

/** More is not shown at once: the end says why. */
const MOST_BYTES = 8 * 2 ** 20;
/** Read before the shown part, and dropped when its secrets are out: one that is cut could not be recognised. */
const OVERLAP_BYTES = 8 * 1024;

/** Finds and reads what engines and load generators have printed, as far as it is on this machine. Nothing outside the artifacts is read. */
export class ExperimentLogs {
  private readonly redactor: Redactor;

  constructor(
    private readonly client: Client,
    private readonly environment: Pick<Environment, 'artifactsDir' | 'stateDir' | 'secrets'>
  ) {
    this.redactor = new Secrets(process.env, environment.secrets).redactor;
  }

  async find(reading: TuneReading, number: number): Promise<FoundLog[]> {
    const dir = await this.folderOf(reading, number);
    const kept = dir === null ? [] : await filesIn(dir);
    const engine = kept.filter(({ path }) => path.endsWith(`${sep}engine.log`));
    const isLive = reading.snapshot.running.some(({ experimentId }) => experimentId === number);
    const live = isLive && engine.length === 0 ? await this.liveLogs(reading, number) : [];
    const benchmark = kept.filter(({ path }) => path.endsWith('.log') && !path.endsWith(`${sep}engine.log`));
    return [logOf('engine', [...engine, ...live]), logOf('benchmark', benchmark)].filter(
      ({ files }) => files.length > 0
    );
  }

  /** @param tail only so many lines. @returns null where there is none. */
  async read(reading: TuneReading, number: number, kind: LogKind, tail?: number): Promise<string | null> {
    const log = (await this.find(reading, number)).find((found) => found.kind === kind);
    if (!log) return null;
    const texts = await Promise.all(log.files.map((file) => this.textOf(file)));
    const named = texts.map((text, i) =>
      texts.length > 1 ? `==> ${log.files[i]?.path.split(sep).slice(-3).join('/')} <==\n${text}` : text
    );
    const text = named.join('\n');
    return tail === undefined ? text : `${text.trimEnd().split('\n').slice(-tail).join('\n')}\n`;
  }

  private async textOf({ path }: LogFile): Promise<string> {
    const file = await open(path, 'r').catch(() => null);
    if (!file) return '';
    try {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.min(size, MOST_BYTES + OVERLAP_BYTES));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length);
      const clean = this.redactor.redact(buffer.toString('utf8', 0, bytesRead));
      const isCut = size > buffer.length;
      const shown = stripVTControlCharacters(isCut ? clean.slice(OVERLAP_BYTES) : clean);
      return (isCut ? `... only the last ${MOST_BYTES} bytes of ${size}\n` : '') + shown.replaceAll(/\r\n?/g, '\n');
    } finally {
      await file.close();
    }
  }

  /** Where its raw output is: told by its outcome, else where this tune would put it. Null for what is not among the artifacts. */
  private async folderOf({ entry: { history }, digest }: TuneReading, number: number): Promise<string | null> {
    const uri = digest?.outcomes.get(number)?.artifactsUri;
    const taskName = digest?.task.task_name ?? '';
    const own = join(this.environment.artifactsDir, taskName, history.firstRunId, 'experiments', String(number));
    const root = await realpath(this.environment.artifactsDir).catch(() => null);
    const dir = await realpath(pathOf(uri) ?? own).catch(() => null);
    return root !== null && dir?.startsWith(root + sep) ? dir : null;
  }

  private async liveLogs({ snapshot: { info }, digest }: TuneReading, number: number): Promise<LogFile[]> {
    const workflowId = experimentWorkflowId(info.workflowId, number);
    const description = await this.client.workflow
      .getHandle(workflowId)
      .describe()
      .catch(() => null);
    if (!description || !digest) return [];
    const names = Array.from({ length: HOST_ATTEMPTS }, (_, i) =>
      resourceName(digest.task.task_name, number, description.runId, i + 1)
    );
    const files = await Promise.all(
      names.map((name) => fileAt(join(this.environment.stateDir, 'leases', `${name}.engine`, 'output.log')))
    );
    return files.filter((file) => file !== null);
  }
}

function pathOf(uri: string | null | undefined): string | null {
  try {
    return uri ? fileURLToPath(uri) : null;
  } catch {
    return null;
  }
}

function logOf(kind: LogKind, files: readonly LogFile[]): FoundLog {
  return { kind, files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Logs are at most three folders deep; links are not followed. */
async function filesIn(dir: string, depth = 3): Promise<LogFile[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry): Promise<(LogFile | null)[]> => {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) return depth > 1 ? filesIn(path, depth - 1) : [];
      return entry.isFile() && entry.name.endsWith('.log') ? [await fileAt(path)] : [];
    })
  );
  return found.flat().filter((file) => file !== null);
}

async function fileAt(path: string): Promise<LogFile | null> {
  const info = await stat(path).catch(() => null);
  return info?.isFile() ? { path, bytes: info.size } : null;
}
