/** What is used of jstat, which has no types of its own. */
declare module 'jstat' {
  const jStat: {
    readonly studentt: { inv(probability: number, degrees: number): number };
    readonly chisquare: { inv(probability: number, degrees: number): number };
    readonly normal: { cdf(x: number, mean: number, deviation: number): number };
  };
  export default jStat;
}
