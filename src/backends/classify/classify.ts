/** Why an engine failed, from its exit status, its log and what the cluster said: for every backend the same. */
import { TunerError, type FailureCode } from '../../domain/failures.js';
import { excerpt } from './excerpt.js';
import { findCause, type Cause } from './find-cause.js';
import { atPhase, type Phase } from './rule.js';

/** How much of a log a backend reads: after the cause, each request that waited may add a traceback of its own. */
export const LINES_TO_CLASSIFY = 4000;

/** `vanished`: it is gone, and nobody saw how. */
export type Ending = 'vanished' | { readonly code: number | null; readonly signal: string | null };

export interface Observed {
  /** The last lines of its log, without control characters: LINES_TO_CLASSIFY, where there are so many. */
  readonly lines: readonly string[];
  readonly phase: Phase;
  /** What the cluster said about it, the newest last. */
  readonly events?: readonly string[];
}

/** SGLang ends itself with SIGKILL when one of its processes has failed; that is not the kernel's doing. */
const ENDS_ITSELF = /Received sigquit from a child process/;

/** Why an engine ended by itself. */
export function classifyExit(ending: Ending, observed: Observed): TunerError {
  const { lines, phase, events } = observed;
  const how = describeEnding(ending);
  const cause = findCause(lines, phase);
  if (cause?.tier === 'verdict' || cause?.tier === 'cause') return fromLog(`the engine ${how}`, cause, observed);
  // We end engines only in tear-down: a SIGKILL before that is, nearly always, the kernel's out-of-memory killer.
  const killed = ending !== 'vanished' && (ending.signal === 'SIGKILL' || ending.code === 137);
  if (killed && !lines.some((line) => ENDS_ITSELF.test(line))) {
    const message = `the engine ${how}; the kernel does so when memory runs out`;
    return new TunerError(atPhase('OUT_OF_MEMORY', phase), message, excerpt(lines, null, events));
  }
  if (cause) return fromLog(`the engine ${how}`, cause, observed);
  const last = lines.at(-1)?.trim().slice(0, 300);
  return new TunerError('ENGINE_CRASHED', `the engine ${how}${last ? `: ${last}` : ''}`, excerpt(lines, null, events));
}

/**
 * Why an engine that still runs does not serve. Parents often outlive the process that does the work, so its log may tell.
 * @param seen what it looks like from outside, which holds unless the log knows better.
 */
export function classifySilence(
  seen: { readonly code: FailureCode; readonly message: string },
  observed: Observed
): TunerError {
  const cause = findCause(observed.lines, observed.phase);
  // An exception alone may belong to one request that was refused.
  if (cause && cause.tier !== 'exception') return fromLog(seen.message, cause, observed);
  return new TunerError(seen.code, seen.message, excerpt(observed.lines, null, observed.events));
}

function fromLog(happened: string, { rule, at }: Cause, { lines, phase, events }: Observed): TunerError {
  const line = lines[at]?.trim().slice(0, 300) ?? '';
  return new TunerError(atPhase(rule.code, phase), `${happened} (${rule.says}): ${line}`, excerpt(lines, at, events));
}

function describeEnding(ending: Ending): string {
  if (ending === 'vanished') return 'is gone without a trace';
  return ending.signal ? `was ended by ${ending.signal}` : `exited with code ${ending.code}`;
}
