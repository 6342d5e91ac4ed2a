import { fileURLToPath } from 'node:url';

/** A place in a source file. */
interface SourcePlace {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1; undefined where only the line is known. */
  readonly column: number | undefined;
}

const FRAME = /^\s*at (?:.* \()?(?:async )?((?:file:\/\/)?\/[^()]*?):(\d+):(\d+)\)?$/;
/** A syntax error stands before the stack: path and line alone. */
const HEAD = /^((?:file:\/\/)?\/\S*?):(\d+)$/;

/** The places of a stack trace, innermost first. */
function placesIn(stack: string): SourcePlace[] {
  return stack.split('\n').flatMap((text) => {
    const match = FRAME.exec(text) ?? HEAD.exec(text);
    if (!match) return [];
    const [, file = '', line, column] = match;
    const path = file.startsWith('file://') ? fileURLToPath(file) : file;
    return [{ path, line: Number(line), column: column === undefined ? undefined : Number(column) }];
  });
}

/** The innermost place below a folder, with its path relative to it; packages inside of the folder do not count. */
export function placeBelow(stack: string, folder: string): SourcePlace | undefined {
  for (const { path, ...rest } of placesIn(stack)) {
    if (!path.startsWith(`${folder}/`)) continue;
    const relative = path.slice(folder.length + 1);
    if (!relative.includes('node_modules/')) return { path: relative, ...rest };
  }
  return undefined;
}
