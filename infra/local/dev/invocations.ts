import { type HttpResponse, json } from '../http/response.ts';
import type { InvocationLog, InvocationRecord } from '../lambda/invocations.ts';
import type { AssemblyRef, Functions } from '../types.ts';
import { parseInvocation } from './input.ts';

interface InvokeContext {
  readonly assembly: AssemblyRef;
  readonly functions: Functions;
  readonly invocations: InvocationLog;
}

/** Invokes a function with an event, or with that of an earlier invocation. */
export async function invoke(
  { assembly, functions, invocations }: InvokeContext,
  _query: URLSearchParams,
  body: Buffer,
): Promise<HttpResponse> {
  const asked = parseInvocation(body, assembly.current.functions);
  const call = 'repeat' in asked ? invocations.callOf(asked.repeat) : asked;
  if (call === undefined) return forgotten('repeat' in asked ? asked.repeat : '');
  const { payload, ...result } = await functions.invoke(call.target, call.payload, 'invoke');
  return json(200, { ...result, payload: JSON.parse(payload.toString()) as unknown });
}

/** What a list shows of an invocation; its logs and calls are with the one. */
export const summaryOf = ({ logs, denied, awsCalls, providerCalls, ...rest }: InvocationRecord) => ({
  ...rest,
  denials: denied.length,
  calls: awsCalls.length + providerCalls.length,
  lines: logs.length,
});

export const forgotten = (id: string): HttpResponse =>
  json(404, {
    code: 'invocation-unknown',
    message: `there is no invocation ${id}, or its event is not kept: see GET /dev/invocations`,
  });
