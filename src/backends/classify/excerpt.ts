/** The few lines of a log that are kept as evidence: they travel in the workflow history and are read by a person. */

const MOST = 15;
const LONGEST = 300;
const MOST_EVENTS = 4;
const BEFORE = 3;
const AFTER = 4;
const END = 2;
const GAP = '…';

/**
 * The line that tells the cause with a little around it, and how the log ends; without such a line, only how it ends.
 * @param at the index of that line.
 * @param events what the cluster said, the newest last; they come first.
 */
export function excerpt(lines: readonly string[], at: number | null, events: readonly string[] = []): string[] {
  const told = events.slice(-MOST_EVENTS);
  return [...told, ...around(lines, at, MOST - told.length)].map((line) => line.slice(0, LONGEST));
}

function around(lines: readonly string[], at: number | null, most: number): readonly string[] {
  if (at === null || lines.length <= most) return lines.slice(-most);
  const from = Math.max(0, at - BEFORE);
  const to = at + AFTER + 1;
  const end = Math.max(to, lines.length - END);
  return [...lines.slice(from, to), ...(end > to ? [GAP] : []), ...lines.slice(end)];
}
