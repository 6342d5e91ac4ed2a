import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { EmptyState } from './empty-state.tsx';

export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the right, so that their digits line up. */
  readonly isNumber?: boolean;
}

interface DataTableProps<Row> {
  /** What the table is about, for people who do not see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What is said without rows. */
  readonly empty: string;
  readonly emptyHint?: ComponentChildren;
  /** How many rows are shown until somebody asks for all of them. */
  readonly shownFirst?: number;
}

/** Rows in columns; on a phone each row is a block with its labels. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, keyOf, empty, emptyHint, shownFirst = Infinity } = props;
  const [showsAll, setShowsAll] = useState(false);
  if (rows.length === 0) return <EmptyState title={empty}>{emptyHint}</EmptyState>;
  const shown = showsAll ? rows : rows.slice(0, shownFirst);
  const table = (
    <table class="data-table">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ label, isNumber }) => (
            <th key={label} scope="col" class={isNumber ? 'number' : undefined}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ label, cell, isNumber }) => (
              <td key={label} data-label={label} class={isNumber ? 'number' : undefined}>
                <div>{cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
  if (shown.length === rows.length) return table;
  return (
    <>
      {table}
      <div>
        <button type="button" onClick={() => setShowsAll(true)}>
          Show all {rows.length}
        </button>
      </div>
    </>
  );
}
