/** A step of `autotuner cluster install` that cannot be done: what is missing, or whose object is in the way. */
export class StepError extends Error {
  override readonly name = 'StepError';
}
