import { stripVTControlCharacters, styleText } from 'node:util';
import type { Terminal } from '../types.ts';

type Style = Parameters<typeof styleText>[0];

/** Colours where the stream can show them; nothing that a function prints can move the cursor. */
export function openTerminal(out: NodeJS.WriteStream = process.stdout): Terminal {
  const paint = (style: Style, text: string) => (out.isTTY ? styleText(style, text) : text);
  const write = (mark: string, line: string) => void out.write(`${mark}${stripVTControlCharacters(line)}\n`);
  return {
    info: (line) => write('', line),
    warn: (line) => write(paint('yellow', 'warning '), line),
    error: (line) => write(paint('red', 'error '), line),
  };
}
