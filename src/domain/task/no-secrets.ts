/** Checks of what becomes an argument or a request: everyone on the machine can see it, and it is kept in the history. */
import { looksSecret } from './secrets.js';

const NOT_HERE =
  'looks like a secret, which cannot be given here: use process.environment, docker.environment or ome.environment';
interface Refusals {
  addIssue(issue: { code: 'custom'; message: string; path: (string | number)[] }): void;
}

export function refuseSecrets(values: unknown, context: Refusals): void {
  for (const path of secretFields(values)) context.addIssue({ code: 'custom', path, message: NOT_HERE });
}

export function refuseSecretParameters(
  parameters: Readonly<Record<string, { type: string; values?: unknown }>>,
  context: Refusals
): void {
  for (const [name, spec] of Object.entries(parameters)) {
    const texts = Array.isArray(spec.values) && spec.values.some((item) => typeof item === 'string');
    if (texts && looksSecret(name)) context.addIssue({ code: 'custom', path: [name], message: NOT_HERE });
  }
}

/** `--some-key VALUE` and `--some-key=VALUE`; a placeholder is no value. */
export function refuseSecretArguments(command: readonly string[], context: Refusals): void {
  command.forEach((argument, i) => {
    const [, name = '', inline] = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/.exec(argument) ?? [];
    const given = inline ?? command[i + 1] ?? '';
    if (looksSecret(name) && !/^(?:$|-|\{|\d+$)/.test(given)) {
      context.addIssue({ code: 'custom', path: [inline === undefined ? i + 1 : i], message: NOT_HERE });
    }
  });
}

/** The names under which texts that look like secrets stand anywhere in a value, as paths; numbers and booleans are none. */
function secretFields(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([name, item]) => {
    const at = [...path, name];
    if (typeof item === 'string') return typeof name === 'string' && item !== '' && looksSecret(name) ? [at] : [];
    return secretFields(item, at);
  });
}
