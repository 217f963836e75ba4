/** What the process tells its caller; docs/operations.md explains each. */
export const ExitCode = {
  ok: 0,
  /** Something unforeseen. */
  internal: 1,
  /** A wrong command line or an invalid task file. */
  usage: 2,
  /** The tune ended, and no configuration is feasible. */
  nothingFeasible: 3,
  /** No Temporal server, no worker, no history or no Kubernetes API answers, or the development server cannot be started. */
  unavailable: 4,
  /** The tune failed as a whole, or was cancelled. */
  tuneFailed: 5,
  /** A tune of this task is running already. */
  alreadyRunning: 6,
  /** There is no such tune. */
  notFound: 7,
  /** The tune has ended or refuses what was asked of it; nothing is to be retried; or there is already, or is no, schedule of this name. */
  refused: 8,
  /** `doctor` or `cluster check` found something that is missing, or `gc` something that it could not take down. */
  unhealthy: 9,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
