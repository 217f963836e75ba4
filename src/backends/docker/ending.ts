/** Why a container's engine does not run any more: pure. */
import { TunerError } from '../../domain/failures.js';
import type { Container } from '../../platform/docker/container.js';
import { toDockerError } from '../../platform/docker/docker-errors.js';
import { classifyExit } from '../classify/classify.js';
import { excerpt } from '../classify/excerpt.js';
import { atPhase, type Phase } from '../classify/rule.js';

export interface Seen {
  /** Null when there is none of this name. */
  readonly container: Pick<Container, 'running' | 'status' | 'oomKilled' | 'exitCode' | 'error'> | null;
  /** What the daemon told of it: `oom`, `kill`, ... */
  readonly actions: readonly string[];
  /** Whether the daemon does not know of its end: it has been started again since, or so much has happened meanwhile. */
  readonly forgotten: boolean;
  readonly lines: readonly string[];
  readonly phase: Phase;
  /** For people: `2g`; null where the task sets none. */
  readonly memory: string | null;
}

/** After SIGTERM, with or without an answer to it, and SIGKILL; and what a daemon says that did not see the end. */
const ENDED_FROM_OUTSIDE: readonly (number | null)[] = [0, 143, 137, 255, null];

/** Whether the engine is over, or as good as. */
export function hasEnded({ container, actions }: Pick<Seen, 'container' | 'actions'>): boolean {
  return !container?.running || actions.includes('oom');
}

/** Call it for one that has ended. */
export function explainEnd(seen: Seen): TunerError {
  const { container, actions, forgotten, lines, phase } = seen;
  if (!container)
    return new TunerError('ENGINE_CRASHED', 'the container was removed by somebody else', excerpt(lines, null));
  if (container.oomKilled || actions.includes('oom')) return outOfMemory(seen);
  // It was never begun: the daemon says why.
  if (container.error !== '') {
    const cause = toDockerError('start the container', { statusCode: 500, message: container.error });
    return cause instanceof TunerError ? cause : new TunerError('ENGINE_CRASHED', cause.message);
  }
  const { exitCode: code } = container;
  if (code === 126 || code === 127) {
    const message = `the image has no such program, or it cannot be run (exit code ${code}): ${lines.at(-1) ?? ''}`;
    return new TunerError('ENGINE_NOT_FOUND', message, excerpt(lines, null));
  }
  // Whoever uses Docker's own commands leaves a trace; the kernel leaves none.
  if (actions.includes('kill')) {
    const message = `the engine was ended through Docker by somebody else (exit code ${code})`;
    return new TunerError('ENGINE_CRASHED', message, excerpt(lines, null));
  }
  // A daemon that ends, ends its containers first; one that was killed does so when it is back.
  if (forgotten && ENDED_FROM_OUTSIDE.includes(code)) {
    const message = `the engine ended with exit code ${code}, and the Docker daemon does not know how: it was restarted meanwhile`;
    return new TunerError('ENGINE_CRASHED', message, excerpt(lines, null));
  }
  return classifyExit({ code, signal: null }, { lines, phase });
}

function outOfMemory({ container, lines, phase, memory }: Seen): TunerError {
  const what = container?.running
    ? 'a process of the engine was ended'
    : `the engine exited with code ${container?.exitCode}`;
  const limit =
    memory === null ? 'the memory that its container may use' : `the ${memory} of memory that its container may use`;
  const message = `${what}: it needed more than ${limit}, so the kernel ended it`;
  return new TunerError(atPhase('OUT_OF_MEMORY', phase), message, excerpt(lines, null));
}
