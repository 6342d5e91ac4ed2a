import type { EventSourceMappingResource } from '../resources/lambda.ts';
import type { InvokeResult } from '../types.ts';
import type { PollerContext } from './types.ts';

/** Invokes a mapping's function with a batch of records; undefined when it could not even be asked. */
export async function invokeWithRecords(
  records: readonly unknown[],
  trigger: 'queue' | 'stream',
  mapping: EventSourceMappingResource,
  { functions, terminal }: PollerContext,
): Promise<InvokeResult | undefined> {
  const payload = Buffer.from(JSON.stringify({ Records: records }));
  try {
    return await functions.invoke(mapping.functionArn, payload, trigger);
  } catch (error) {
    terminal.warn(`${mapping.functionArn}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
