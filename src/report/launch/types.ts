/** Ways to run a configuration that was measured. */

export const LAUNCH_KINDS = ['shell', 'measured', 'docker', 'inference-service', 'helm-values'] as const;
export type LaunchKind = (typeof LAUNCH_KINDS)[number];

/** Text to copy. It may hold names and values of the task: quoted for where it is pasted, and to be escaped where it is shown. */
export interface Launch {
  readonly kind: LaunchKind;
  readonly title: string;
  /** What to know and what to replace before it is used, in plain sentences. */
  readonly words: string;
  readonly language: 'sh' | 'yaml';
  readonly text: string;
  /** A name for a download. */
  readonly file: string;
  /** What stands in the text and is to be replaced. */
  readonly placeholders: readonly { readonly name: string; readonly meaning: string }[];
}
