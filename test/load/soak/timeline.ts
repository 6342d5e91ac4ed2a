import { percentileMs } from '../drive.ts';
import { line, listed, table } from '../report.ts';

const WINDOWS = 10;

/** What clients have seen of each kind of request, over the time of the load. */
export interface Timeline {
  /** One attempt; `wrong` says what it was when it was no final answer, or not the expected one. */
  record(kind: string, latencyMs: number, wrong?: string): void;
  report(): void;
}

interface Kind {
  /** Latencies by window. */
  readonly windows: number[][];
  readonly wrong: Map<string, number>;
}

/** Latencies in ten windows of the time that the load takes. */
export function createTimeline(totalMs: number): Timeline {
  const startedAt = performance.now();
  const kinds = new Map<string, Kind>();
  return {
    record(name, latencyMs, wrong) {
      const kind: Kind = kinds.get(name) ?? {
        windows: Array.from({ length: WINDOWS }, () => []),
        wrong: new Map(),
      };
      kinds.set(name, kind);
      const window = Math.floor(((performance.now() - startedAt) / totalMs) * WINDOWS);
      kind.windows[Math.min(WINDOWS - 1, window)]?.push(latencyMs);
      if (wrong !== undefined) kind.wrong.set(wrong, (kind.wrong.get(wrong) ?? 0) + 1);
    },
    report() {
      for (const share of [0.5, 0.99]) {
        line(
          `\n## p${100 * share}, ms, over ${WINDOWS} windows of ${Math.round(totalMs / WINDOWS / 1000)} s`,
        );
        table(
          ['request', ...Array.from({ length: WINDOWS }, (_, index) => String(index + 1)), 'all'],
          [...kinds].map(([name, { windows }]) => [
            name,
            ...[...windows, windows.flat()].map((some) => inWindow(some, share)),
          ]),
        );
      }
      line('\n## Answers');
      table(
        ['request', 'count', 'repeated by the client, or wrong'],
        [...kinds].map(([name, { windows, wrong }]) => [name, windows.flat().length, listed(wrong)]),
      );
    },
  };
}

function inWindow(latenciesMs: readonly number[], share: number): string {
  const ascending = latenciesMs.toSorted((a, b) => a - b);
  return ascending.length === 0 ? '' : percentileMs(ascending, share).toFixed(0);
}
