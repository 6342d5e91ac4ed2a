import type { Context } from 'aws-lambda';
import type { Loan } from './lifecycle/lease.ts';
import type { Log } from './contract/log.ts';
import { aliases } from './aliases.ts';
import type { CallSource, InvocationContext, InvocationSpan } from './contract/operation.ts';
import type { Entrance } from './entrance.ts';
import type { Problem } from './problem.ts';
import type { Spans, SpanStart } from './telemetry/spans.ts';

/** What an adapter reads of an event before any middleware runs. */
export interface Description {
  /** Operation, webhook or subscription, for logs, metrics and traces; taken from a closed set. */
  readonly operation: string;
  readonly requestId?: string | undefined;
  readonly traceparent?: string | undefined;
  /** Id of what started the chain of calls and events; the request's own when left out. */
  readonly correlationId?: string | undefined;
  /** Of the invocation's span; `server` when left out. */
  readonly kind?: SpanStart['kind'];
  /** Of the invocation's span, besides those of every invocation. */
  readonly attributes?: SpanStart['attributes'];
  /** Path of the request, for problem documents. */
  readonly instance?: string | undefined;
  /** The client's address, as API Gateway or the GraphQL function says. */
  readonly sourceIp?: string | undefined;
  /** When the caller stops waiting, in epoch milliseconds; it can only shorten what Lambda leaves. */
  readonly deadlineAt?: number | undefined;
  /** A health check answers fast: it waits for `initialize` no longer than this. */
  readonly readyWithinMs?: number;
}

/** One invocation on its way through the pipeline; middleware fills in what it is responsible for. */
export interface Invocation {
  readonly event: unknown;
  readonly lambda: Pick<Context, 'awsRequestId'> & Partial<Context>;
  readonly description: Description;
  /** The alias by which it was invoked, and so the sender. */
  readonly entrance: Entrance;
  readonly requestId: string;
  readonly startedAt: number;
  readonly log: Log;
  traceparent: string | undefined;
  spans: Spans;
  span: InvocationSpan;
  /** The plugin's services and configuration, from the start of the plugin on. */
  lease: Loan | undefined;
  configVersionId: string | undefined;
  /** Members of a request's JSON body. */
  body: Readonly<Record<string, unknown>>;
  /** Set when the invocation was refused. */
  problem: Problem | undefined;
}

/** What plugin code sees of an invocation. */
export function contextOf<S>(invocation: Invocation): InvocationContext<S> {
  return {
    services: invocation.lease?.services as S,
    config: invocation.lease?.config,
    requestId: invocation.requestId,
    traceparent: invocation.traceparent,
    span: invocation.span,
    source: sourceOf(invocation),
    remainingMs: () => invocation.lambda.getRemainingTimeInMillis?.() ?? 30_000,
    log: invocation.log,
  };
}

/** Of a client's address only what API Gateway and our own GraphQL function say counts. */
function sourceOf({ entrance, description: { sourceIp: ip } }: Invocation): CallSource | undefined {
  if (entrance.kind !== 'call') return ip === undefined ? undefined : { ip };
  const isClient = entrance.alias === aliases.graphql;
  return { ...(isClient && ip !== undefined && { ip }), calledBy: entrance.caller };
}
