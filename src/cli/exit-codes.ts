/** What the process tells its caller. */
export const ExitCode = {
  ok: 0,
  /** Something unforeseen. */
  internal: 1,
  /** A wrong command line or an invalid task file. */
  usage: 2,
  /** The tune ended, and no configuration is feasible. */
  nothingFeasible: 3,
  /** No Temporal server answers. */
  unreachable: 4,
  /** The tune failed as a whole. */
  tuneFailed: 5,
  /** A tune of this task is running already. */
  alreadyRunning: 6,
  /** Ctrl-C. */
  interrupted: 130,
} as const;
