import { platformProblem } from '../contract/errors.ts';
import type { Caller, Operation } from '../contract/operation.ts';
import type { PluginManifest } from '../contract/plugin.ts';
import type { Reply } from '../contract/reply.ts';
import { contextOf, type Invocation } from '../invocation.ts';
import { idempotencyOf } from './idempotency.ts';
import { parseIfMatch } from './if-match.ts';
import { checkedInput } from './input.ts';
import { replyFrom } from './output.ts';

/** The operations that a function serves; a name of another function's has none. */
export type OperationsByName = Readonly<Record<string, Operation<unknown, unknown, unknown> | undefined>>;

/** A call of one operation, the same whichever way it came in. */
interface OperationCall {
  readonly name: string;
  readonly operation: Operation<unknown, unknown, unknown>;
  readonly manifest: PluginManifest;
  readonly auth: 'jwt' | 'none';
  readonly caller: Caller;
  /** As the client sent it, before the schema. */
  readonly input: unknown;
  readonly idempotencyKey: string | undefined;
  /** The header `If-Match`; no other way in has one. */
  readonly ifMatch?: string | undefined;
  /** Whether every answer is checked against `output`: see {@link replyFrom}. */
  readonly strictOutput: boolean;
}

/** Checks scope, input and idempotency key, runs the operation and checks what it returns. @throws ProblemError */
export async function runOperation(call: OperationCall, invocation: Invocation): Promise<Reply<unknown>> {
  const { name, operation, manifest, auth, caller, input, idempotencyKey } = call;
  const scope = manifest.operations?.[name]?.scope;
  if (auth === 'jwt' && scope !== undefined && !caller.scopes.includes(scope)) {
    throw platformProblem('forbidden', { detail: `This call needs the scope "${scope}".` });
  }
  const checked = checkedInput(operation.input, input);
  const idempotency =
    operation.idempotency === 'key' && idempotencyKey !== undefined
      ? idempotencyOf(name, idempotencyKey, { raw: input, parsed: checked })
      : undefined;
  const ifMatch = operation.conditional ? parseIfMatch(call.ifMatch) : undefined;
  const context = { ...contextOf(invocation), input: checked, caller, idempotency, ifMatch };
  const returned = await operation.run(context);
  return replyFrom({ name, operation, returned, strict: call.strictOutput });
}
