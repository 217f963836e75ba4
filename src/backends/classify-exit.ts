import { TunerError, type FailureCode } from '../domain/failures.js';

/** What engines write when they give up; the first rule that matches any of the last lines decides. */
const RULES: readonly (readonly [RegExp, FailureCode])[] = [
  [/out of memory|failed to allocate|cannot allocate memory|bad_alloc|OutOfMemoryError/i, 'OUT_OF_MEMORY'],
  [/address already in use|couldn't bind|EADDRINUSE/i, 'PORT_CONFLICT'],
  [
    /invalid argument|unrecognized arguments?|unknown (?:option|argument)|error while handling argument|invalid choice/i,
    'UNSUPPORTED_FLAG',
  ],
  [
    /failed to load model|no such file or directory.*(?:gguf|model)|does not appear to have a file named/i,
    'MODEL_NOT_FOUND',
  ],
];

/** Why an engine ended by itself, from its exit status and its last log lines. */
export function classifyExit(
  exit: 'vanished' | { code: number | null; signal: string | null },
  lines: readonly string[]
): TunerError {
  const how = describeExit(exit);
  for (const [pattern, code] of RULES) {
    const line = lines.findLast((candidate) => pattern.test(candidate));
    if (line !== undefined) return new TunerError(code, `the engine ${how}: ${line.trim().slice(0, 300)}`, lines);
  }
  // We end engines only in tear-down: a SIGKILL before that is, nearly always, the kernel's out-of-memory killer.
  const killed = exit !== 'vanished' && (exit.signal === 'SIGKILL' || exit.code === 137);
  if (killed)
    return new TunerError('OUT_OF_MEMORY', `the engine ${how}; the kernel does so when memory runs out`, lines);
  const last = lines.at(-1);
  return new TunerError('ENGINE_CRASHED', `the engine ${how}${last ? `: ${last.trim().slice(0, 300)}` : ''}`, lines);
}

function describeExit(exit: 'vanished' | { code: number | null; signal: string | null }): string {
  if (exit === 'vanished') return 'is gone without a trace';
  return exit.signal ? `was ended by ${exit.signal}` : `exited with code ${exit.code}`;
}
