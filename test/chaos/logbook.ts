/** What the stand-in engines and load generators wrote down themselves: the only record that the invariants are checked against. */
import { readFile } from 'node:fs/promises';

export interface Entry {
  readonly event:
    'engine-start' | 'engine-child' | 'engine-listen' | 'engine-end' | 'bench-start' | 'bench-level' | 'bench-end';
  /** The name of the experiment's attempt. */
  readonly experiment: string;
  readonly pid: number;
  readonly atMs: number;
  /** What an engine was started with, or said of itself when it was measured. */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly port?: number;
  readonly child?: number;
  readonly concurrency?: number;
  readonly latency_s?: number;
  readonly failed?: number;
}

/** `task-exp3-0123abcd` is an attempt of experiment 3. */
export const experimentOf = ({ experiment }: Pick<Entry, 'experiment'>): number =>
  Number(/-exp(\d+)-/.exec(experiment)?.[1]);

/** `task-exp3-0123abcd-s2` is its second step: another start of the load generator on the same engine. */
export const stepOf = ({ experiment }: Pick<Entry, 'experiment'>): number =>
  Number(/-s(\d+)$/.exec(experiment)?.[1] ?? 1);

/** @param task only what belongs to this task. */
export async function readLogbook(file: string, task: string): Promise<Entry[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => JSON.parse(line) as Entry)
    .filter(({ experiment }) => experiment.startsWith(`${task}-exp`));
}
