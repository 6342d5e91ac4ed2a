/** A fenced block of a Markdown text. */
export interface Block {
  readonly language: string;
  /** What follows the language in the fence's first line. */
  readonly info: string;
  readonly text: string;
  /** The prose between the block before and this one. */
  readonly before: string;
}

/** Every fenced block, in order. */
export function blocksOf(markdown: string): Block[] {
  let end = 0;
  return [...markdown.matchAll(/^```(\w*) ?(.*)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [whole, language = '', info = '', text = ''] = match;
    const before = markdown.slice(end, match.index).trim();
    end = match.index + whole.length;
    return { language, info, text, before };
  });
}

/** The rows of the first table with this header, as the text of their cells; none when there is no such table. */
export const tableOf = (markdown: string, header: readonly string[]): string[][] =>
  tablesOf(markdown, header)[0] ?? [];

/** The rows of every table with this header. */
export function tablesOf(markdown: string, header: readonly string[]): string[][][] {
  const lines = markdown.split('\n');
  return lines.flatMap((line, start) => {
    if (!line.startsWith('|') || String(cells(line)) !== String(header)) return [];
    const body = lines.slice(start + 2);
    const length = body.findIndex((next) => !next.startsWith('|'));
    return [body.slice(0, length < 0 ? body.length : length).map(cells)];
  });
}

/** Without the escapes that Markdown needs outside of code. */
function cells(line: string): string[] {
  const inner = line.trim().slice(1, -1);
  return inner.split(' | ').map((cell) => cell.trim().replaceAll('\\', '').replaceAll('&lt;', '<'));
}
