import { log, proxyActivities } from '@temporalio/workflow';
import type { ControlActivities, WriteResultsInput } from '../../contracts/activities.js';
import * as policies from '../../contracts/policies.js';

const history = proxyActivities<ControlActivities>(policies.RECORDING);

/** Keeps the tune in the history. Whatever is wrong with that, the tune ends as it would have: its results are on disk besides. */
export async function recordTune(found: WriteResultsInput): Promise<void> {
  try {
    await history.recordTune(found);
  } catch (error) {
    log.warn("the history lacks this tune; 'autotuner history import' takes it from its results file", {
      error: String(error),
    });
  }
}
