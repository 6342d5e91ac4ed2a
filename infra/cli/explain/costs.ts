import { PRICES } from '../cost/prices.ts';
import type { Trigger } from './triggers.ts';

/** What a million calls of a function cost that come in one way. */
export interface FunctionCost {
  readonly function: string;
  readonly trigger: Trigger['kind'];
  readonly memoryMb: number;
  readonly lines: readonly CostLine[];
  /** All lines together. */
  readonly dollars: number;
}

export interface CostLine {
  readonly what: string;
  readonly perCall: number;
  /** Per million calls. */
  readonly dollars: number;
}

export interface CostedFunction {
  readonly name: string;
  readonly memoryMb: number;
  readonly triggers: readonly Trigger[];
}

const MB_PER_GB = 1024;

const line = (what: string, perCall: number, price: number): CostLine => ({
  what,
  perCall,
  dollars: perCall * price,
});

/** What comes on top of the function itself, for each way in. */
const WAYS_IN: Readonly<Record<Trigger['kind'], readonly CostLine[]>> = {
  http: [line('HTTP API requests', 1, PRICES.httpApiRequests)],
  graphql: [line('HTTP API requests', 1, PRICES.httpApiRequests)],
  call: [],
  webhook: [],
  // The event itself is charged to whoever publishes it.
  queue: [line('SQS requests: send, receive, delete', 3, PRICES.queueRequests)],
  stream: [line('EventBridge events', 1, PRICES.events)],
  schedule: [line('EventBridge Scheduler runs', 1, PRICES.scheduledRuns)],
};

/**
 * What can be counted without running the code: requests, time, and the platform's own read of the registry. What the
 * code itself reads and writes in tables is not.
 * @param graphqlMemoryMb of the platform's function in front of GraphQL fields, which waits for the plugin's
 */
export function costsOf(
  functions: readonly CostedFunction[],
  { durationMs, graphqlMemoryMb }: { readonly durationMs: number; readonly graphqlMemoryMb: number },
): readonly FunctionCost[] {
  const gigabyteSeconds = (memoryMb: number): number => (memoryMb / MB_PER_GB) * (durationMs / 1000);
  return functions.flatMap(({ name, memoryMb, triggers }) =>
    [...new Set(triggers.map(({ kind }) => kind))].map((trigger) => {
      const hops = trigger === 'graphql' ? 2 : 1;
      const used = gigabyteSeconds(memoryMb) + (hops === 2 ? gigabyteSeconds(graphqlMemoryMb) : 0);
      const lines = [
        line('Lambda requests', hops, PRICES.invocations),
        line(`Lambda GB-s, ${durationMs} ms`, used, PRICES.gigabyteSeconds),
        line('DynamoDB read units, of the registry', hops, PRICES.readUnits),
        ...WAYS_IN[trigger],
      ];
      const dollars = lines.reduce((sum, one) => sum + one.dollars, 0);
      return { function: name, trigger, memoryMb, lines, dollars };
    }),
  );
}
