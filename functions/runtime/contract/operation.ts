import type { $ZodType } from 'zod/v4/core';
import type { ErrorCatalogue } from './errors.ts';
import type { Log } from './log.ts';
import type { OperationResult } from './reply.ts';

/**
 * The end user whose access token was verified, also when a plugin or the GraphQL function calls on their behalf. On a
 * deployment without authentication, and for an operation without a scope, it is `anonymous`.
 */
export interface Caller {
  /** The token's `sub` (RFC 7519 section 4.1.2). */
  readonly subject: string;
  /** The owner of the data: the token's claim `tenant`, `default` where it has none. */
  readonly tenant: string;
  /** The token's `scope` or `scp`, as a list (RFC 6749 section 3.3). */
  readonly scopes: readonly string[];
}

/**
 * The client's `Idempotency-Key` with a fingerprint of the request, so that a key that is used again for another request
 * can be refused. Source: draft-ietf-httpapi-idempotency-key-header.
 */
export interface Idempotency {
  /** 1 to 255 visible ASCII characters, without the quotes of the header. */
  readonly key: string;
  /**
   * `2:` and the SHA-256, in hex, of the operation's name and the canonical JSON of the input as the schema reads it, so
   * that two spellings of one request (`"10.00"` and `10`) are the same. The prefix is the version of this rule.
   */
  readonly fingerprint: string;
  /** The fingerprint of version 1, of the input before the schema, for keys that were stored under that version. */
  readonly formerFingerprint: string;
}

/** From where a call came, for an audit. It grants nothing. */
export interface CallSource {
  /** The client's address as API Gateway saw it; that of a proxy where one stands before it. */
  readonly ip?: string | undefined;
  /** The function that called on behalf of the client, as `plugin/function`. */
  readonly calledBy?: string | undefined;
}

/** What plugin code may say of its call to whoever reads the trace. Where tracing is off, or leaves the call out, it is dropped. */
export interface InvocationSpan {
  /** Attributes by which the trace is found; their texts are blotted out as in logs. */
  set(attributes: Readonly<Record<string, string | number | boolean>>): void;
  /** Another trace that the call has to do with, such as the one in which its object was made. */
  link(traceparent: string): void;
}

/** What every unit of plugin code gets, whichever way it was called. */
export interface InvocationContext<S, C = unknown> {
  /** What the plugin's `initialize` returned. */
  readonly services: S;
  /** The configuration that the services were built from, frozen; it stays the same until the invocation ends. */
  readonly config: C;
  /** Id of the request that started the chain of calls; API Gateway's where it came over HTTP. */
  readonly requestId: string;
  /** W3C Trace Context `traceparent` of this invocation, for events and calls that it causes. */
  readonly traceparent: string | undefined;
  /** The span of this invocation in its trace. */
  readonly span: InvocationSpan;
  /** Absent where an event or a schedule started it. */
  readonly source?: CallSource | undefined;
  /** Milliseconds left before Lambda ends the invocation. Source: `getRemainingTimeInMillis` of Lambda's context. */
  readonly remainingMs: () => number;
  readonly log: Log;
}

/** What the `run` of an operation gets. */
export interface OperationContext<I, S, C = unknown> extends InvocationContext<S, C> {
  /** As the operation's `input` schema reads it. */
  readonly input: I;
  readonly caller: Caller;
  /** Present when the client sent an `Idempotency-Key` and the operation is declared `idempotency: 'key'`. */
  readonly idempotency: Idempotency | undefined;
  /** The entity tags of `If-Match`, without their quotes, or `*`; present for operations that are `conditional`. */
  readonly ifMatch?: readonly string[] | '*' | undefined;
}

/** A use case, defined once; the manifest key of the same name binds it to HTTP, GraphQL and direct invoke. */
export interface Operation<I, O, S> {
  /** One line, for OpenAPI and GraphQL. */
  readonly summary: string;
  /** More, in CommonMark. */
  readonly description?: string;
  /** One object: path parameters, query parameters and body members together. */
  readonly input: $ZodType<I>;
  /** The body of a successful answer. */
  readonly output: $ZodType<O>;
  /** HTTP status of a returned output, and of the usual reply; 200 when left out. */
  readonly successStatus?: number;
  /** What it may refuse with, besides the platform's own codes. */
  readonly errors: ErrorCatalogue;
  /** `key`: honours `Idempotency-Key`; `none`: reads, or naturally idempotent. */
  readonly idempotency: 'key' | 'none';
  /** Over HTTP alone: the call must carry `If-Match` (RFC 9110 section 13.1.1), or it answers 428. */
  readonly conditional?: boolean;
  /** Over HTTP the whole body is this member of the input, so that its own members cannot meet those of the path. */
  readonly bodyMember?: string;
  /**
   * Returns the output itself, or a reply where status or headers matter.
   * @throws ProblemError for every refusal; any other error is answered with 500 `internal-error`
   */
  run(context: OperationContext<I, S>): Promise<OperationResult<O>>;
}

/** Gives an operation its types; it adds nothing at run time. */
export function operation<I, O, S>(definition: Operation<I, O, S>): Operation<I, O, S> {
  return definition;
}
