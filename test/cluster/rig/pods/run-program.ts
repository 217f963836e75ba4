/** A container's program as a process of this machine, with its log. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalGroup, type Children } from '../children.js';
import { CriLog } from './cri-log.js';

export const SIGKILL_EXIT = 128 + constants.signals.SIGKILL;
/** How long a log may be held open by what the program has left behind. */
const LOG_CLOSES_WITHIN_MS = 500;

export interface ProgramRun {
  readonly child: ChildProcess;
  /** Its exit code, or 128 and the signal's number, once it and all that it started have ended and its log is whole. */
  readonly exited: Promise<number>;
}

export interface ProgramOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly logFile: string;
}

/** @throws Error when it cannot be started. */
export async function runProgram(
  children: Children,
  command: readonly string[],
  { env, cwd, logFile }: ProgramOptions
): Promise<ProgramRun> {
  const child = await children.start(command, { env, cwd });
  const log = new CriLog(logFile);
  log.record('stdout', child.stdout as Readable);
  log.record('stderr', child.stderr as Readable);
  return { child, exited: untilExit(child, log) };
}

async function untilExit(child: ChildProcess, log: CriLog): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  // What it started does not outlive the container.
  signalGroup(child, 'SIGKILL');
  await Promise.race([closed(child), sleep(LOG_CLOSES_WITHIN_MS)]);
  log.close();
  return child.exitCode ?? 128 + constants.signals[child.signalCode as NodeJS.Signals];
}

async function closed(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream && !stream.closed);
  await Promise.all(streams.map((stream) => once(stream as Readable, 'close')));
}
