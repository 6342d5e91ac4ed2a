import type { AnsweredCall } from '../api-gateway/http-api.ts';
import type { Part, RunnerTerminal } from './terminal.ts';

/** Lines that a person can follow; what comes beyond them in a second is counted. */
const LINES_PER_SECOND = 20;
const PATH_MAX = 60;

/** Prints one line for each call that the API or a function URL has answered. */
export interface RequestLog {
  readonly answered: (call: AnsweredCall) => void;
  /** Nothing is printed before: the start asks the API itself. */
  begin(): void;
  /** Prints what was counted last. */
  stop(): void;
}

/**
 * The path is printed without its query, which may hold what is private.
 * @param labelOf how the terminal calls a function, by its ARN
 */
export function createRequestLog(
  terminal: Pick<RunnerTerminal, 'parts'>,
  labelOf: (functionArn: string) => string,
): RequestLog {
  let begun = false;
  let printed = 0;
  let uncounted = new Map<number, number>();
  let timer: NodeJS.Timeout | undefined;

  const endSecond = (): void => {
    clearTimeout(timer);
    timer = undefined;
    printed = 0;
    if (uncounted.size === 0) return;
    const total = [...uncounted.values()].reduce((sum, one) => sum + one, 0);
    const statuses = [...uncounted]
      .sort(([a], [b]) => a - b)
      .map(([status, calls]) => `${calls} x ${status}`);
    uncounted = new Map();
    terminal.parts(['dim', `... and ${total} more calls within that second: ${statuses.join(', ')}`]);
  };

  return {
    answered(call) {
      // A page that is left open would fill the terminal.
      if (!begun || (call.isRefresh && call.status < 400)) return;
      timer ??= setTimeout(endSecond, 1000).unref();
      printed += 1;
      if (printed <= LINES_PER_SECOND) terminal.parts(...lineOf(call, labelOf));
      else uncounted.set(call.status, (uncounted.get(call.status) ?? 0) + 1);
    },
    begin: () => void (begun = true),
    stop: endSecond,
  };
}

function lineOf(
  { method, path, status, durationMs, functionArn }: AnsweredCall,
  labelOf: (functionArn: string) => string,
): readonly Part[] {
  const shown = path.length > PATH_MAX ? `${path.slice(0, PATH_MAX - 3)}...` : path;
  const tone = status < 400 ? 'green' : status < 500 ? 'yellow' : 'red';
  return [
    [tone, String(status)],
    `${String(Math.round(durationMs)).padStart(7)} ms  ${method.padEnd(6)} ${shown}`,
    ...(functionArn === undefined ? [] : [['dim', `  ${labelOf(functionArn)}`] as const]),
  ];
}
