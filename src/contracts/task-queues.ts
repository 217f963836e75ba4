/** Tunes, suggestions, results and cluster calls: served by every worker with the role `control`. */
export const CONTROL_QUEUE = 'autotuner';

/** Where an experiment asks for a place; served by every worker with the role `host` that has one free. */
export const PLACES_QUEUE = 'autotuner-places';

/** What is bound to one machine: engines, processes, files. */
export function hostQueue(hostId: string): string {
  return `autotuner-host-${hostId}`;
}
