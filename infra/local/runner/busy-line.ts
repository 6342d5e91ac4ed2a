/** What a person waits for, at the end of the output. */
export interface BusyLine {
  /** @param detail what is being done; undefined when it is done */
  set(name: string, detail: string | undefined): void;
  /** Nothing is waited for any more. */
  stop(): void;
  /** Makes room for another line. */
  hide(): void;
  show(): void;
}

const EVERY_MS = 250;
/** Where nothing can be overwritten, only what takes longer than this is said. */
const SAID_AFTER_MS = 4_000;
const CLEAR = '\r\u001B[2K';
/** Columns before what a step has to say. */
export const NAME_WIDTH = 14;

interface Step {
  detail: string;
  readonly sinceMs: number;
  said: boolean;
}

/** On a terminal, one line that counts the seconds of the step that began first; elsewhere, a line for each slow step. */
export function createBusyLine(out: NodeJS.WriteStream, style: (text: string) => string): BusyLine {
  const overwrites = out.isTTY && process.env['TERM'] !== 'dumb';
  const steps = new Map<string, Step>();
  let timer: NodeJS.Timeout | undefined;
  let isShown = false;

  const hide = (): void => {
    if (isShown) out.write(CLEAR);
    isShown = false;
  };
  const show = (): void => {
    const [first] = steps;
    if (!overwrites || first === undefined) return;
    const [name, { detail, sinceMs }] = first;
    const seconds = Math.floor((performance.now() - sinceMs) / 1000);
    const line = `  ${name.padEnd(NAME_WIDTH)}${detail}${seconds < 1 ? '' : `, ${seconds} s`}`;
    out.write(CLEAR + style(line.slice(0, (out.columns || 80) - 1)));
    isShown = true;
  };
  const saySlow = (): void => {
    for (const [name, step] of steps) {
      if (step.said || performance.now() - step.sinceMs < SAID_AFTER_MS) continue;
      step.said = true;
      out.write(`  ${name.padEnd(NAME_WIDTH)}${step.detail} ...\n`);
    }
  };

  return {
    set(name, detail) {
      const step = steps.get(name);
      hide();
      if (detail === undefined) steps.delete(name);
      else if (step) Object.assign(step, { detail, said: false });
      else steps.set(name, { detail, sinceMs: performance.now(), said: false });
      if (steps.size === 0) {
        clearInterval(timer);
        timer = undefined;
      } else timer ??= setInterval(overwrites ? show : saySlow, EVERY_MS).unref();
      show();
    },
    stop() {
      hide();
      steps.clear();
      clearInterval(timer);
    },
    hide,
    show,
  };
}
