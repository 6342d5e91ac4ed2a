import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where text goes, and whether a person looks at it. */
export interface ViewOptions {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** As a terminal has them, when left out. */
  readonly colors?: boolean;
}

/**
 * What a command prints for people. In a terminal tables are aligned under headings, with colours. Elsewhere a row is
 * one line with tabs between its cells and no heading, so that `cut` and `grep` can work with it.
 */
export interface View {
  /** @param state whose colour the line has, such as `failed` */
  line(text?: string, state?: string): void;
  heading(text: string): void;
  /**
   * Cells that are a state, such as `ok`, have its colour.
   * @param indent columns in front of each row, in a terminal
   */
  table(columns: readonly string[], rows: readonly (readonly string[])[], indent?: number): void;
}

const STYLES: ReadonlyMap<string, Style> = new Map(
  Object.entries({
    ok: 'green',
    loaded: 'green',
    healthy: 'green',
    warn: 'yellow',
    registered: 'yellow',
    loading: 'yellow',
    unloading: 'yellow',
    unloaded: 'yellow',
    degraded: 'yellow',
    unknown: 'yellow',
    narrowed: 'green',
    fail: 'red',
    failed: 'red',
    unhealthy: 'red',
    widened: 'red',
  }),
);

export function createView({ write, isTerminal, colors = isTerminal }: ViewOptions): View {
  const paint = (style: Style | undefined, text: string): string =>
    colors && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
  const line = (text: string): void => write(`${text}\n`);
  return {
    line: (text = '', state = '') => line(paint(STYLES.get(state), shown(text))),
    heading: (text) => line(paint('bold', shown(text))),
    table(columns, rows, indent = 0) {
      const cells = rows.map((row) => row.map(shown));
      if (!isTerminal) return cells.forEach((row) => line(row.join('\t')));
      const widths = columns.map((column, index) =>
        Math.max(column.length, ...cells.map((row) => row[index]?.length ?? 0)),
      );
      const printRow = (row: readonly string[], styleOf: (cell: string) => Style | undefined): void => {
        const last = row.findLastIndex((cell) => cell !== '');
        const aligned = row
          .slice(0, last + 1)
          .map((cell, index) =>
            paint(styleOf(cell), index === last ? cell : cell.padEnd(widths[index] ?? 0)),
          );
        line(' '.repeat(indent) + aligned.join('  '));
      };
      printRow(
        columns.map((name) => name.toUpperCase()),
        () => 'dim',
      );
      for (const row of cells) printRow(row, (cell) => STYLES.get(cell));
    },
  };
}

/** Nothing that a plugin or a server says can move the cursor, and no cell spans several lines. */
const shown = (text: string): string => stripVTControlCharacters(text).replaceAll(/[\t\r\n]+/g, ' ');
