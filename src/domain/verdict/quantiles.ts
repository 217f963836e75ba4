import jStat from 'jstat';

/** The value below which a t-distributed number stays with this probability. @param degrees above 0. */
export function studentQuantile(probability: number, degrees: number): number {
  return jStat.studentt.inv(probability, degrees);
}

/** The probability of a standard normal number below `z`. */
export function normalProbability(z: number): number {
  return jStat.normal.cdf(z, 0, 1);
}

/** As above for the chi-squared distribution. */
export function chiSquaredQuantile(probability: number, degrees: number): number {
  return jStat.chisquare.inv(probability, degrees);
}
