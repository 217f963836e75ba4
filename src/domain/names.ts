/** Workflow ids and resource names: pure functions, so that a retry, a restart and the reaper all arrive at the same name. */

/** The workflow id of a tune. */
export function tuneWorkflowId(taskName: string): string {
  return `tune/${taskName}`;
}

/** The task name back from a workflow id that `tuneWorkflowId` made; any other id as it is. */
export function taskNameOf(workflowId: string): string {
  return workflowId.startsWith('tune/') ? workflowId.slice('tune/'.length) : workflowId;
}

/** The workflow id of an experiment: the tune's id (which a schedule may have extended) and the experiment's number. */
export function experimentWorkflowId(tuneId: string, experimentId: number): string {
  return `${tuneId}/${experimentId}`;
}

const MAX_LENGTH = 50;

/**
 * A name that is a DNS label of at most 50 characters (OME adds to it, and 63 are the limit), readable, and unique to one attempt of one experiment of one
 * run: the hash covers the run, so an engine left by an earlier run of the same task is never taken for this one's.
 */
export function resourceName(taskName: string, experimentId: number, ownerRunId: string, attempt: number): string {
  const hash = fnv1a64(`${taskName}\n${experimentId}\n${ownerRunId}\n${attempt}`);
  const suffix = `-exp${experimentId}-${hash.slice(0, 10)}`;
  const stem = taskName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, MAX_LENGTH - suffix.length)
    .replace(/-+$/, '');
  return `${/^[a-z]/.test(stem) ? stem : `t${stem}`.slice(0, MAX_LENGTH - suffix.length)}${suffix}`;
}

/**
 * The name of one start of the load generator: the first has the experiment's own, which `resourceName` made, and every further one
 * adds its number, so that each can be found again after a worker's death.
 * @param step from 1.
 */
export function stepName(name: string, step: number): string {
  return step === 1 ? name : `${name}-s${step}`;
}

/** The number of the step, from its name. */
export function stepNumberOf(name: string): number {
  return Number(/^.*-exp\d+-[0-9a-f]{10}-s(\d+)$/.exec(name)?.[1] ?? 1);
}

/** The name of the experiment to which a step's name belongs; any other name as it is. */
export function experimentNameOf(name: string): string {
  return /^(.*-exp\d+-[0-9a-f]{10})-s\d+$/.exec(name)?.[1] ?? name;
}

/** FNV-1a, 64 bits, in hexadecimal. Not for security: it tells names apart. Source: datatracker.ietf.org/doc/html/draft-eastlake-fnv. */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of utf8(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}

/** UTF-8 bytes without TextEncoder, which workflow code does not have. Halves of a surrogate pair, which UTF-8 lacks, are spelt out. */
function utf8(text: string): number[] {
  const wellFormed = text.replace(/[\ud800-\udfff]/gu, (half) => `\0${half.charCodeAt(0).toString(16)}`);
  return Array.from(unescape(encodeURIComponent(wellFormed)), (character) => character.charCodeAt(0));
}
