export const line = (text = ''): boolean => process.stdout.write(`${text}\n`);

/** Prints a table in Markdown; numbers stand to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const print = (cells: readonly string[]) => line(`| ${cells.join(' | ')} |`);
  print(head);
  print(head.map((_, column) => (column === 0 ? '---' : '---:')));
  rows.forEach(print);
}
