import { startTimeOf } from './process-tree.js';

/**
 * How this process signs what it takes from Temporal: `<host>/<pid>.<start time>`. A later process of the same host can thereby tell
 * whether the signer is still alive, also after its pid was given to another one.
 * @param hostId of this machine and state folder.
 */
export async function workerIdentity(hostId: string): Promise<string> {
  return `${hostId}/${process.pid}.${(await startTimeOf(process.pid)) ?? 0}`;
}

/** Whether a worker of this host has ended. False for other hosts, of which nothing can be known from here. */
export async function hasEndedHere(identity: string, hostId: string): Promise<boolean> {
  if (!identity.startsWith(`${hostId}/`)) return false;
  const process = /^(\d{1,10})\.(\d{1,15})$/.exec(identity.slice(hostId.length + 1));
  return process !== null && (await startTimeOf(Number(process[1]))) !== Number(process[2]);
}
