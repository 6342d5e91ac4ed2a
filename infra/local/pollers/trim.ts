import type { Assembly } from '../resources/assembly.ts';
import type { PollerContext } from './types.ts';

/** Removes processed records from the engine, so that its file does not grow. */
export interface StreamTrimmer {
  /** A mapping of the table has stored a new position in the engine's stream. */
  readonly progressed: (tableName: string, engineStreamArn: string) => void;
  stop(): void;
}

const everyMs = 250;

/** Removes from the engine the stream records that every mapping of the table has done, enabled or not. */
export function streamTrimmer(context: PollerContext, assembly: () => Assembly): StreamTrimmer {
  const due = new Map<string, string>();
  const trim = (tableName: string, engineStreamArn: string): void => {
    const table = assembly().tables.find((candidate) => candidate.name === tableName);
    if (table?.streamArn === undefined) return;
    const positions = assembly()
      .mappings.filter((mapping) => mapping.sourceArn === table.streamArn)
      .map((mapping) => context.state.mappings.position(mapping.id, engineStreamArn)?.sequenceNumber);
    if (positions.length === 0 || positions.includes(undefined)) return;
    const slowest = positions.map((position) => BigInt(position ?? 0)).reduce((a, b) => (a < b ? a : b));
    context.engine.trimStream(tableName, String(slowest));
  };
  const timer = setInterval(() => {
    const all = [...due];
    due.clear();
    for (const [tableName, engineStreamArn] of all) {
      try {
        trim(tableName, engineStreamArn);
      } catch (error) {
        context.terminal.warn(`stream of ${tableName} is not trimmed: ${String(error)}`);
      }
    }
  }, everyMs);
  timer.unref();
  return {
    progressed: (tableName, engineStreamArn) => void due.set(tableName, engineStreamArn),
    stop: () => clearInterval(timer),
  };
}
