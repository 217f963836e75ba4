/** A list that comes page by page: a table of what is there, or why there is none. */
import type { ComponentChildren, JSX } from 'preact';
import { Button } from './button.js';
import { DataTable, type DataTableProps } from './data-table.js';
import { Empty, Loading, Problem } from './feedback.js';

interface PagedTableProps<T extends object> extends DataTableProps<T> {
  /** The query that `rows` are from. */
  readonly list: {
    readonly data: object | undefined;
    readonly error: Error | null;
    readonly isPending: boolean;
    readonly hasNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
  /** Its name in a message. */
  readonly what: string;
  /** What it takes about as much room as, in pixels, until it is there. */
  readonly height: number;
  /** Shown where there are no rows. */
  readonly empty: ComponentChildren;
}

export function PagedTable<T extends object>(props: PagedTableProps<T>): JSX.Element {
  const { list, what, height, empty, ...table } = props;
  const isEmpty = table.rows.length === 0;
  return (
    <>
      {list.error && <Problem error={list.error} what={what} />}
      {list.isPending && !list.error && <Loading height={height} />}
      {list.data && isEmpty && <Empty>{empty}</Empty>}
      {!isEmpty && <DataTable {...table} />}
      {list.hasNextPage && (
        <div>
          <Button onPress={() => list.fetchNextPage()}>Show more</Button>
        </div>
      )}
    </>
  );
}
