/** What the process tells its caller. Documented in docs/operations.md. */
export const ExitCode = {
  ok: 0,
  /** Something unforeseen. */
  internal: 1,
  /** A wrong command line or an invalid task file. */
  usage: 2,
} as const;
