/** What a run says, on the terminal and for the record. */
export interface Report {
  line(text?: string): void;
  /** A table in Markdown; numbers stand to the right. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
  /** All of it, as Markdown. */
  text(): string;
}

export function createReport(): Report {
  const lines: string[] = [];
  const line = (text = ''): void => {
    lines.push(text);
    process.stdout.write(`${text}\n`);
  };
  return {
    line,
    table(head, rows) {
      line();
      const print = (cells: readonly string[]) => line(`| ${cells.join(' | ')} |`);
      print(head);
      print(head.map((_, column) => (column === 0 ? '---' : '---:')));
      rows.forEach(print);
    },
    text: () => lines.join('\n'),
  };
}
