/** What can go wrong between a person and a tune. Every message says what to do. */
export { CodecError } from '../platform/codec-keys.js';

/** The server cannot be reached. */
export class TemporalUnreachableError extends Error {
  override readonly name = 'TemporalUnreachableError';
  constructor(address: string, options?: ErrorOptions) {
    super(`no Temporal server answers at ${address}: start one with 'autotuner dev', or set TEMPORAL_ADDRESS`, options);
  }
}

/** The server answers, and does not let this process in. */
export class TemporalRefusesError extends Error {
  override readonly name = 'TemporalRefusesError';
  constructor(address: string, options?: ErrorOptions) {
    super(
      `the Temporal server at ${address} refuses this process: its API key or certificate is missing, has expired, or may not use this namespace`,
      options
    );
  }
}

/** A tune of this task is running already. */
export class TuneAlreadyRunningError extends Error {
  override readonly name = 'TuneAlreadyRunningError';
  constructor(
    readonly taskName: string,
    readonly workflowId: string
  ) {
    super(
      `the task '${taskName}' is being tuned already, as ${workflowId}: 'autotuner watch ${taskName}' follows it, 'autotuner cancel ${taskName}' ends it`
    );
  }
}

/** There is no tune of this name. */
export class TuneNotFoundError extends Error {
  override readonly name = 'TuneNotFoundError';
  constructor(wanted: string) {
    super(`there is no tune of '${wanted}': 'autotuner list' shows those that there are`);
  }
}

/** The tune has ended, or it refuses what was asked of it. */
export class TuneRefusedError extends Error {
  override readonly name = 'TuneRefusedError';
}

/** Temporal answers, but no worker does. */
export class NoWorkerError extends Error {
  override readonly name = 'NoWorkerError';
  constructor(options?: ErrorOptions) {
    super("Temporal answers, but no worker does: start one with 'autotuner worker'", options);
  }
}
