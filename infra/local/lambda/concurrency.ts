import { ConcurrencyExceededError } from '../errors.ts';
import type { AwsMetrics } from '../metrics/aws-metrics.ts';
import type { FunctionResource } from '../resources/lambda.ts';
import type { Outcome } from './environment.ts';

/** How an invocation ended, and how long it took. */
type Ended = Pick<Outcome, 'status'> & { readonly durationMs: number };

/**
 * Runs invocations of functions, by ARN or name with or without an alias, no more at once than each has reserved.
 * @throws ConcurrencyExceededError for an invocation above the reserved concurrency
 */
export type ConcurrencyLimit = <T extends Ended>(
  definition: Pick<FunctionResource, 'name' | 'reservedConcurrency'>,
  functionArn: string,
  invoke: () => Promise<T>,
) => Promise<T>;

/** A limit that measures what it lets through and what it refuses, as Lambda does. */
export function createConcurrencyLimit(awsMetrics: AwsMetrics | undefined): ConcurrencyLimit {
  const running = new Map<string, number>();
  const add = (name: string, count: number) => running.set(name, (running.get(name) ?? 0) + count);
  return async ({ name, reservedConcurrency }, functionArn, invoke) => {
    const invoked = { functionName: name, alias: aliasOf(functionArn) };
    if ((running.get(name) ?? 0) >= reservedConcurrency) {
      awsMetrics?.throttled(invoked);
      throw new ConcurrencyExceededError(name, reservedConcurrency);
    }
    add(name, 1);
    awsMetrics?.began(invoked, running.get(name) ?? 1);
    const ended = await invoke().finally(() => add(name, -1));
    awsMetrics?.ended(invoked, { failed: ended.status !== 'ok', durationMs: ended.durationMs });
    return ended;
  };
}

/** The alias or version of an ARN or a name; undefined without one. */
function aliasOf(functionArn: string): string | undefined {
  const parts = functionArn.split(':');
  return parts[0] === 'arn' ? parts[7] : parts[1];
}
