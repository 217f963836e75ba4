/** A page of a table: filtered, sorted, and cut where the last one ended. */
import type { z } from 'zod';
import type { experimentListQuery, ExperimentPage, ExperimentRow } from '../contracts/http/experiments.js';
import { ApiError } from './problem.js';

type Query = Omit<z.output<typeof experimentListQuery>, 'run'>;

/** @throws ApiError invalid-cursor. */
export function pageOfRows(rows: readonly ExperimentRow[], { cursor, limit, ...query }: Query): ExperimentPage {
  const wanted = sorted(rows.filter(filterOf(query)), query);
  const start = cursor === undefined ? 0 : startOf(wanted, cursor);
  const items = wanted.slice(start, start + limit);
  const last = items.at(-1);
  const isMore = start + items.length < wanted.length;
  return { items, next: last && isMore ? encode({ id: last.experimentId, n: start + items.length }) : null };
}

function filterOf({ status, role, code, search }: Omit<Query, 'cursor' | 'limit'>): (row: ExperimentRow) => boolean {
  const statuses = status === undefined ? null : new Set<string>(status.split(','));
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return (row) => {
    if (statuses && !statuses.has(row.status)) return false;
    if (role !== undefined && row.role !== role) return false;
    if (code !== undefined && row.failure?.code !== code) return false;
    const title = words.length > 0 ? row.title.toLowerCase() : '';
    return words.every((word) => title.includes(word));
  };
}

function sorted(rows: ExperimentRow[], { sort, order }: Pick<Query, 'sort' | 'order'>): ExperimentRow[] {
  const sign = order === 'asc' ? 1 : -1;
  const keyOf = (row: ExperimentRow): string | number | null => {
    switch (sort) {
      case 'number':
        return row.experimentId;
      case 'score':
        return row.score;
      case 'status':
        return row.status;
      case 'duration':
        return row.timings?.total ?? null;
    }
  };
  const keyed = rows.map((row) => [keyOf(row), row] as const);
  keyed.sort(([a, one], [b, other]) => {
    // What has no value is no better than the worst.
    if (a === null || b === null)
      return Number(a === null) - Number(b === null) || one.experimentId - other.experimentId;
    return (a < b ? -1 : a > b ? 1 : 0) * sign || one.experimentId - other.experimentId;
  });
  return keyed.map(([, row]) => row);
}

/** After the row that was the last one, wherever it is now; where it is no more, after as many as there were. */
function startOf(rows: readonly ExperimentRow[], cursor: string): number {
  const { id, n } = decode(cursor);
  const at = rows.findIndex(({ experimentId }) => experimentId === id);
  return at < 0 ? Math.min(n, rows.length) : at + 1;
}

interface Position {
  readonly id: number;
  readonly n: number;
}

function encode(position: Position): string {
  return Buffer.from(`${position.id}.${position.n}`).toString('base64url');
}

function decode(cursor: string): Position {
  const [, id, n] = /^(\d{1,9})\.(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (id === undefined) throw new ApiError('invalid-cursor', 'The cursor is none that this server has given.');
  return { id: Number(id), n: Number(n) };
}
