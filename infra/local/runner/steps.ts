import { NAME_WIDTH } from './busy-line.ts';
import type { RunnerTerminal } from './terminal.ts';

const DETAIL_WIDTH = 48;

/** What the start is doing, and what it has done. */
export interface Steps {
  /** Shows what is waited for. */
  begin(name: string, detail: string): void;
  /** Prints the line of work that is done, with the time since the line before. */
  end(name: string, detail: string): void;
}

export function createSteps(terminal: RunnerTerminal): Steps {
  let sinceMs = 0;
  return {
    begin: (name, detail) => terminal.busy.set(name, detail),
    end(name, detail) {
      const nowMs = performance.now();
      terminal.busy.set(name, undefined);
      terminal.parts(`  ${name.padEnd(NAME_WIDTH)}${detail.padEnd(DETAIL_WIDTH)}`, [
        'dim',
        ` ${timeText(nowMs - sinceMs)}`,
      ]);
      sinceMs = nowMs;
    },
  };
}

const timeText = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
