import { spansOf } from '../traces/otlp.ts';
import { jsonReply, unknownOperation } from './reply.ts';
import type { AwsCall, AwsReply, ServiceContext } from './types.ts';

/** X-Ray: its OTLP endpoint keeps the spans for `GET /dev/traces`. */
export async function xray(
  call: Pick<AwsCall, 'operation' | 'input'>,
  { traces }: Pick<ServiceContext, 'traces'>,
): Promise<AwsReply> {
  if (call.operation !== 'PutSpans') throw unknownOperation(call);
  traces.add(spansOf(call.input));
  return jsonReply({});
}
