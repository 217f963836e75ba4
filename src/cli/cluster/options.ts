import { InvalidArgumentError } from 'commander';

/** The name of a namespace. It becomes part of other names, so it is checked before anything is made. */
export function kubernetesName(text: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('must be at most 63 lower-case letters, digits and hyphens.');
}
