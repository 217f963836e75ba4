/** What people and files are told of what a tune has reused. */
import { describeCombination } from '../space/combination.js';
import type { ResultsFile } from '../results/tune-result.js';
import { applies, MOST_NAMED, type KnownCrash, type Reuse, type ReuseState } from './reuse.js';

export function reuseResult(reuse: ReuseState): NonNullable<ResultsFile['ran']['reused']> {
  const used = reuse.tunes.filter((tune) => applies(reuse, tune));
  return {
    observations: countOf(used),
    tunes: reuse.tunes.map((tune) => ({
      task_name: tune.taskName,
      run_id: tune.runId,
      stored_at: new Date(tune.storedAtMs).toISOString(),
      observations: tune.observations.length,
      crashed: tune.observations.filter(({ scores }) => scores === null).length,
      used: used.includes(tune),
      engine_version: tune.surroundings.engineVersion,
      hardware: tune.surroundings.hardware,
    })),
    known_to_crash: crashesOf(used).map(({ combination, code }) => ({ parameters: { ...combination }, code })),
    skipped: reuse.skipped.map((item) => ({ ...item })),
  };
}

/** For the answer; empty where nothing was reused. */
export function reuseSentence(reuse: ReuseState | undefined): string {
  const used = reuse?.tunes.filter((tune) => applies(reuse, tune)) ?? [];
  if (used.length === 0) return '';
  return `The search began with ${counted(countOf(used), 'observation')} of ${counted(used.length, 'earlier tune')}.`;
}

/**
 * For a plan and for the live view: a line per tune, one for what is known to crash, and one for each that is not reused.
 * @param state absent while nothing is known of where the tune runs.
 */
export function reuseLines(reuse: Reuse | ReuseState): string[] {
  const seen = 'seen' in reuse ? reuse.seen : [];
  const lines = reuse.tunes.map((tune) => {
    const { engineVersion, hardware } = tune.surroundings;
    const where = [engineVersion, hardware].filter(Boolean).join(' on ');
    const what = `${counted(tune.observations.length, 'observation')} of ${tune.taskName}, ${dayOf(tune.storedAtMs)}`;
    return applies({ seen }, tune) ? `${what} (${where})` : `not ${what}: it ran with ${where}`;
  });
  const crashes = crashesOf(reuse.tunes.filter((tune) => applies({ seen }, tune)));
  const known = crashes.map(({ combination, code }) => `${describeCombination(combination)} (${code})`).join(', ');
  const skipped = reuse.skipped.map(({ name, reason }) => `not ${name}: ${reason}`);
  return [...lines, ...(known ? [`known to crash: ${known}`] : []), ...skipped];
}

function countOf(tunes: Reuse['tunes']): number {
  return tunes.reduce((sum, { observations }) => sum + observations.length, 0);
}

function crashesOf(tunes: Reuse['tunes']): KnownCrash[] {
  return tunes.flatMap(({ crashes }) => crashes).slice(0, MOST_NAMED);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
