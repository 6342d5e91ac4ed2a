import type * as z from 'zod/mini';
import type { $ZodType } from 'zod/v4/core';
import { platformProblem } from '../contract/errors.ts';
import type { Reply } from '../contract/reply.ts';
import type { Fault } from '../schema/validate.ts';
import { validate } from '../schema/validate.ts';

/**
 * An operation of another plugin as a caller sees it: what it sends, and the part of the answer that it relies on. The
 * schemas are the caller's own, because a plugin imports no other; members of the answer that they do not name are left
 * out.
 */
export interface RemoteOperation<
  I extends $ZodType = $ZodType,
  O extends $ZodType = $ZodType,
  P extends string = string,
  N extends string = string,
> {
  readonly plugin: P;
  /** The function that serves it; `api` unless the manifest says otherwise. */
  readonly function?: string;
  readonly operation: N;
  readonly input: I;
  readonly output: O;
}

/** Gives an operation of another plugin its types; it adds nothing at run time. */
export function remoteOperation<
  I extends $ZodType,
  O extends $ZodType,
  const P extends string,
  const N extends string,
>(definition: RemoteOperation<I, O, P, N>): RemoteOperation<I, O, P, N> {
  return definition;
}

const nameOf = ({ plugin, operation }: RemoteOperation): string => `${plugin}.${operation}`;
const textOf = (faults: readonly Fault[]): string =>
  faults.map(({ path, message }) => `${path || '(all)'} ${message}`).join('; ');

/** What is sent. @throws Error for an input that does not fit: the mistake is the caller's own and no client's */
export function remoteInput<I extends $ZodType>(remote: RemoteOperation<I>, input: z.input<I>): unknown {
  const checked = validate(remote.input, input);
  if (checked.ok) return checked.value;
  throw new Error(`The input for ${nameOf(remote)} does not fit: ${textOf(checked.faults)}`);
}

/** The answer as the caller's schema reads it. @throws ProblemError 502 `answer-invalid` */
export function remoteReply<O extends $ZodType>(
  remote: RemoteOperation<$ZodType, O>,
  reply: Reply<unknown>,
): Reply<z.output<O>> {
  const checked = validate(remote.output, reply.body);
  if (checked.ok) return { ...reply, body: checked.value as z.output<O> };
  throw platformProblem('answer-invalid', {
    detail: `The answer of ${nameOf(remote)} does not fit: ${textOf(checked.faults)}.`,
  });
}
