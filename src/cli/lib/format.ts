import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Leak } from '../../domain/tuning/experiment.js';
import { titleOf } from '../../domain/tuning/title.js';

/**
 * Columns padded to their widest cell, with the header as the first row; numbers are the caller's to format. The last cell of a row that
 * is shorter than others, such as why there are no numbers, widens no column.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const counts = (row: readonly string[], i: number): boolean =>
    i < row.length - 1 || row.length === columns || row === rows[0];
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(0, ...rows.filter((row) => counts(row, i)).map((row) => row[i]?.length ?? 0))
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd()
    )
    .join('\n');
}

/** A path from here where it is below here, as it is elsewhere; it may be one of another machine. */
export function shownPath(path: string): string {
  const short = relative('', path);
  return short.startsWith('..') ? path : short;
}

/** One line that cannot steer the terminal, however hostile its source. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/[\x00-\x1f\x7f]+/g, ' ');
}

/** What a person needs to see to it. */
export function describeLeak({ kind, name, reason, command }: Leak): string {
  return oneLine(`${kind} ${name}: ${reason}; see to it: ${command}`);
}

/** As people know an experiment, in one line. */
export function experimentTitle(item: Parameters<typeof titleOf>[0]): string {
  return oneLine(titleOf(item));
}
