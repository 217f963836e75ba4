/** Two windows whose medians differ by less than this share are alike. */
const ALIKE = 0.1;

/**
 * Whether a latency has become steady: the medians of the last two windows differ by less than 10 %. Medians, since single requests that
 * meet a compilation take many times as long. Windows follow each other; were they to slide, two that are alike would come by chance.
 * @param latencies in the order in which the requests ended, in any unit.
 */
export function isSteady(latencies: readonly number[], window: number): boolean {
  const end = latencies.length - (latencies.length % window);
  if (end < 2 * window) return false;
  const last = median(latencies.slice(end - window, end));
  const before = median(latencies.slice(end - 2 * window, end - window));
  return Math.abs(last - before) < ALIKE * before;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return ((sorted[middle] ?? 0) + (sorted[sorted.length - 1 - middle] ?? 0)) / 2;
}
