import { ConcurrencyExceededError } from '../errors.ts';
import type { FunctionResource } from '../resources/lambda.ts';

/** Runs invocations of functions, no more at once than each has reserved. */
export type ConcurrencyLimit = <T>(definition: FunctionResource, invoke: () => Promise<T>) => Promise<T>;

/** @throws ConcurrencyExceededError from the limit, for an invocation above the reserved concurrency */
export function createConcurrencyLimit(): ConcurrencyLimit {
  const running = new Map<string, number>();
  const add = (name: string, count: number) => running.set(name, (running.get(name) ?? 0) + count);
  return async ({ name, reservedConcurrency }, invoke) => {
    if ((running.get(name) ?? 0) >= reservedConcurrency) {
      throw new ConcurrencyExceededError(name, reservedConcurrency);
    }
    add(name, 1);
    return invoke().finally(() => add(name, -1));
  };
}
