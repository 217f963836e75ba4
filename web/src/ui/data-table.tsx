/** A table that sorts by its headings, by itself or by whoever gives the rows. */
import type { JSX } from 'preact';
import { useLocation } from 'wouter-preact';
import {
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
  useTable,
  type ColumnDef,
  type Header,
  type SortingState,
} from '@tanstack/preact-table';

export const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns });
export type Column<T extends object> = ColumnDef<typeof features, T, unknown> & { readonly meta?: ColumnMeta };
interface ColumnMeta {
  readonly className?: string;
}

export interface DataTableProps<T extends object> {
  readonly caption: string;
  /** Keep them stable: a new list is a new table. */
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly rowKey: (row: T) => string;
  readonly href?: (row: T) => string;
  readonly marked?: (row: T) => boolean;
  /** Where the rows come sorted: how, and what changes it. */
  readonly sorting?: SortingState;
  readonly onSort?: (sorting: SortingState) => void;
}

const classOf = (column: { meta?: unknown }): string => (column.meta as ColumnMeta | undefined)?.className ?? '';

export function DataTable<T extends object>(props: DataTableProps<T>): JSX.Element {
  const { caption, columns, rows, rowKey, href, marked, sorting, onSort } = props;
  const [, navigate] = useLocation();
  const table = useTable<typeof features, T>({
    features,
    columns,
    data: rows,
    getRowId: rowKey,
    sortDescFirst: false,
    enableSortingRemoval: false,
    ...(sorting && onSort
      ? {
          manualSorting: true,
          state: { sorting },
          onSortingChange: (update) => onSort(typeof update === 'function' ? update(sorting) : update),
        }
      : {}),
  });
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label={caption}>
      <table class="table">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <Heading key={header.id} header={header} render={() => <table.FlexRender header={header} />} />
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr
              key={row.id}
              class={`${href ? 'link' : ''} ${marked?.(row.original) ? 'marked' : ''}`}
              onClick={(event) => {
                const isControl = (event.target as Element).closest('a, button, input, label');
                if (href && !isControl && !getSelection()?.toString()) navigate(href(row.original));
              }}
            >
              {row.getAllCells().map((cell) => (
                <td key={cell.id} class={classOf(cell.column.columnDef)}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeadingProps<T extends object> {
  readonly header: Header<typeof features, T, unknown>;
  readonly render: () => JSX.Element;
}

function Heading<T extends object>({ header, render }: HeadingProps<T>): JSX.Element {
  const { column } = header;
  const sorted = column.getIsSorted();
  const direction = sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none';
  const canSort = column.getCanSort();
  return (
    <th scope="col" class={classOf(column.columnDef)} aria-sort={canSort ? direction : undefined}>
      {canSort ? (
        <button type="button" onClick={() => column.toggleSorting()}>
          {render()}
          <span class="sort-mark" aria-hidden="true">
            {sorted === 'asc' ? '↑' : sorted === 'desc' ? '↓' : ''}
          </span>
        </button>
      ) : (
        <span>{render()}</span>
      )}
    </th>
  );
}
