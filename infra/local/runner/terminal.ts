import { stripVTControlCharacters, styleText } from 'node:util';
import { hasColors } from '#infra/process/colors.ts';
import type { Terminal } from '../types.ts';
import { type BusyLine, createBusyLine } from './busy-line.ts';

type Style = Parameters<typeof styleText>[0];

/** A part of a line: plain, or with a style where colours can be seen. */
export type Part = string | readonly [Style, string];

/** The developer's terminal, or the file that the output goes to. */
export interface RunnerTerminal extends Terminal {
  /** A line of parts. */
  parts(...parts: readonly Part[]): void;
  /** The last line of the runner's own but errors; functions may still print while they end. */
  end(line: Part): void;
  /** What is waited for at the moment. */
  readonly busy: Pick<BusyLine, 'set'>;
}

/** Colours where the stream can show them; nothing that a function prints can move the cursor. */
export function openTerminal(out: NodeJS.WriteStream = process.stdout): RunnerTerminal {
  const colors = hasColors(out);
  const paint = (style: Style, text: string) =>
    colors ? styleText(style, text, { validateStream: false }) : text;
  const textOf = (part: Part): string =>
    typeof part === 'string'
      ? stripVTControlCharacters(part)
      : paint(part[0], stripVTControlCharacters(part[1]));
  const busy = createBusyLine(out, (text) => paint('dim', text));
  let ended = false;
  const write = (...line: readonly Part[]): void => {
    busy.hide();
    out.write(`${line.map(textOf).join('')}\n`);
    busy.show();
  };
  const parts = (...line: readonly Part[]): void => {
    if (!ended) write(...line);
  };
  return {
    parts,
    info: (line) => write(line),
    warn: (line) => parts(['yellow', 'warning '], line),
    error: (line) => write(['red', 'error '], line),
    end(line) {
      write(line);
      ended = true;
      busy.stop();
    },
    busy,
  };
}
