import type { $ZodType } from 'zod/v4/core';
import type { ErrorCatalogue } from './errors.ts';
import type { Log } from './log.ts';
import type { OperationResult } from './reply.ts';

/** Who calls: always the end user of the chain, also when a plugin or the GraphQL front calls on their behalf. */
export interface Caller {
  readonly subject: string;
  /** The owner of the data; `default` where the token names none. */
  readonly tenant: string;
  readonly scopes: readonly string[];
}

/** The client's idempotency key with the SHA-256 of what was asked. */
export interface Idempotency {
  readonly key: string;
  /**
   * Of the operation's name and the canonical JSON of the input as the schema reads it, so that two spellings of one
   * request (`"10.00"` and `10`) are the same; begins with `2:`, the version of this rule.
   */
  readonly fingerprint: string;
  /** As version 1 made it, of the input before the schema: keys that were stored before still belong to their requests. */
  readonly formerFingerprint: string;
}

/** What every unit of plugin code gets, whichever way it was called. */
export interface InvocationContext<S> {
  /** What the plugin's `initialize` returned. */
  readonly services: S;
  readonly requestId: string;
  /** W3C `traceparent` of this invocation, to hand on. */
  readonly traceparent: string | undefined;
  /** Milliseconds left before Lambda ends the invocation. */
  remainingMs(): number;
  readonly log: Log;
}

export interface OperationContext<I, S> extends InvocationContext<S> {
  readonly input: I;
  readonly caller: Caller;
  /** Present when the client sent an `Idempotency-Key` and the operation is declared `idempotency: 'key'`. */
  readonly idempotency: Idempotency | undefined;
}

/** A use case, defined once; the manifest key of the same name binds it to HTTP, GraphQL and direct invoke. */
export interface Operation<I, O, S> {
  readonly summary: string;
  readonly description?: string;
  /** One object: path parameters, query parameters and body members together. */
  readonly input: $ZodType<I>;
  readonly output: $ZodType<O>;
  /** HTTP status of a returned output, and of the usual reply; 200 when left out. */
  readonly successStatus?: number;
  /** What it may refuse with, besides the platform's own codes. */
  readonly errors: ErrorCatalogue;
  /** `key`: honours `Idempotency-Key`; `none`: reads, or naturally idempotent. */
  readonly idempotency: 'key' | 'none';
  /** Returns the output itself, or a reply where status or headers matter. Refuses by throwing. */
  run(context: OperationContext<I, S>): Promise<OperationResult<O>>;
}

export function operation<I, O, S>(definition: Operation<I, O, S>): Operation<I, O, S> {
  return definition;
}
