/** The runtime's own arguments with the task's settings in their place. */
import { TunerError } from '../../domain/failures.js';
import type { EngineFlag } from '../engine-flags.js';

const SHELLS = /^(?:.*\/)?(?:ba|da|z|k|a)?sh$/;

/**
 * `spec.engine.runner.args` takes the place of the runtime's arguments as a whole, so they must all be there: what the task sets is
 * removed wherever the runtime sets it, and appended. What stands in the runtime's `command` cannot be removed; an engine takes the
 * last of two values, so appending is enough there, too.
 * @throws TunerError RUNTIME_UNSUITABLE when a shell stands in between, or a switch of the command would have to be switched off.
 */
export function overrideArgs(
  { command, args }: { readonly command: readonly string[]; readonly args: readonly string[] },
  flags: readonly EngineFlag[]
): string[] {
  const shell = command.find((word) => SHELLS.test(word));
  if (shell !== undefined) {
    throw new TunerError(
      'RUNTIME_UNSUITABLE',
      `the runtime starts its engine through ${shell}: parameters would have to be written into a script`
    );
  }
  const spellings = new Set(flags.flatMap(({ flag, aliases }) => [flag, ...aliases]));
  for (const { name, flag, aliases, args: own } of flags) {
    const isSet = command.some((word) => [flag, ...aliases].includes(word.split('=')[0] ?? ''));
    if (own.length === 0 && isSet) {
      throw new TunerError(
        'RUNTIME_UNSUITABLE',
        `'${name}' cannot be switched off: the runtime has ${flag} in its command, not in its args`
      );
    }
  }
  const kept: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    const [name = ''] = word.split('=');
    if (!spellings.has(name)) kept.push(word);
    // `--flag value`: the value goes with it; `--flag=value` and a switch stand alone.
    else if (name === word && i + 1 < args.length && !isFlag(args[i + 1] ?? '')) i++;
  }
  return [...kept, ...flags.flatMap((flag) => flag.args)];
}

/** A negative number is a value. */
function isFlag(word: string): boolean {
  return word.startsWith('-') && !/^-\d/.test(word);
}
