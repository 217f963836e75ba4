/** A real PostgreSQL server for one test file, in a folder of its own, reachable from this machine alone and by password. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { findFreePort } from '../../../src/platform/ports.js';

const run = promisify(execFile);

/** Nowhere else than in these URLs. */
export const PASSWORD = 'canary-p4ssw0rd';

/** Where Debian's package has its programs, the newest version first, then the PATH; null where there are none. */
export function findPostgres(): string | null {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null;
}

/** PostgreSQL refuses to run as root: then it is the user of Debian's package, or nobody. */
async function unprivileged(): Promise<{ uid?: number; gid?: number }> {
  if (process.getuid?.() !== 0) return {};
  for (const user of ['postgres', 'nobody']) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, user]).catch(() => null)));
    const [uid, gid] = ids.map((id) => Number(id?.stdout));
    if (uid && gid) return { uid, gid };
  }
  throw new Error('there is no user but root, as which PostgreSQL refuses to run');
}

export class PostgresServer {
  private databases = 0;

  private constructor(
    private readonly dir: string,
    private readonly bin: string,
    private readonly user: { uid?: number; gid?: number },
    private readonly port: number,
    private readonly settings: readonly string[],
    private server: ChildProcess | null
  ) {}

  /** @param settings of postgresql.conf, as `max_connections=300`. */
  static async start(settings: readonly string[] = []): Promise<PostgresServer> {
    const bin = findPostgres();
    if (!bin) throw new Error('there is no PostgreSQL on this machine: apt-get install postgresql');
    const user = await unprivileged();
    const dir = await mkdtemp(join(tmpdir(), 'postgres-'));
    const passwordFile = join(dir, 'password');
    await writeFile(passwordFile, PASSWORD);
    for (const path of [dir, passwordFile]) await chown(path, user.uid ?? -1, user.gid ?? -1).catch(() => undefined);
    const options = [
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--username=tuner',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
    ];
    await run(join(bin, 'initdb'), ['-D', join(dir, 'data'), ...options], { ...user, cwd: dir });
    const port = await findFreePort(new Set(), randomInt(10_000));
    const server = new PostgresServer(dir, bin, user, port, settings, null);
    await server.resume();
    return server;
  }

  /** A new database, empty. */
  async database(): Promise<string> {
    const name = `tunes_${++this.databases}`;
    await this.query('postgres', `create database ${name}`);
    return this.url(name);
  }

  url(database: string): string {
    return `postgres://tuner:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  async query(database: string, text: string): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends it as a loss of power would: nothing is written that was not. */
  async kill(): Promise<void> {
    const { server } = this;
    if (!server) return;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    // PostgreSQL's own word for it: its processes end at once, without a checkpoint.
    server.kill('SIGQUIT');
    await gone;
    this.server = null;
  }

  async resume(): Promise<void> {
    const settings = ['listen_addresses=127.0.0.1', `port=${this.port}`, 'unix_socket_directories=', ...this.settings];
    const options = settings.flatMap((setting) => ['-c', setting]);
    let log = '';
    const server = spawn(join(this.bin, 'postgres'), ['-D', join(this.dir, 'data'), ...options], {
      ...this.user,
      cwd: this.dir,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server.stderr?.on('data', (data: Buffer) => (log += data.toString()));
    this.server = server;
    for (let attempt = 0; attempt < 300; attempt++) {
      if (server.exitCode !== null) break;
      if (
        await this.query('postgres', 'select 1').then(
          () => true,
          () => false
        )
      )
        return;
      await sleep(100);
    }
    throw new Error(`PostgreSQL does not start:\n${log}`);
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.dir, { recursive: true, force: true });
  }
}
