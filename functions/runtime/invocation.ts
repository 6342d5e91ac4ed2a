import type { Context } from 'aws-lambda';
import type { Lease } from './lease.ts';
import type { Log } from './contract/log.ts';
import type { InvocationContext } from './contract/operation.ts';
import type { Entrance } from './entrance.ts';
import type { Middleware } from './middleware/types.ts';
import type { Problem } from './problem.ts';

/** What an adapter can tell of an event before anything else has happened. */
export interface Description {
  /** Operation, webhook or subscription, for logs, metrics and traces; taken from a closed set. */
  readonly operation: string;
  readonly requestId?: string | undefined;
  readonly traceparent?: string | undefined;
  /** Path of the request, for problem documents. */
  readonly instance?: string | undefined;
  /** A health check answers fast: it waits for `initialize` no longer than this. */
  readonly readyWithinMs?: number;
}

/** One invocation on its way through the pipeline; middleware fills in what it is responsible for. */
export interface Invocation {
  readonly event: unknown;
  readonly lambda: Pick<Context, 'awsRequestId'> & Partial<Context>;
  readonly description: Description;
  /** By which alias it came in, and so from whom. */
  readonly entrance: Entrance;
  readonly requestId: string;
  readonly startedAt: number;
  readonly log: Log;
  traceparent: string | undefined;
  /** The plugin's services, from the start of the plugin on. */
  lease: Lease | undefined;
  configVersionId: string | undefined;
  /** Members of a request's JSON body. */
  body: Readonly<Record<string, unknown>>;
  /** Set when the invocation was refused. */
  problem: Problem | undefined;
}

/** One way in: how an event is read, answered and refused. */
export interface Adapter<R> {
  /** What only this way in needs, after all that every invocation passes. */
  readonly middleware?: readonly Middleware[];
  describe(event: unknown): Description;
  /** Why what came is not for this way in; undefined when it is. Left out: AWS's own triggers, and nobody else. */
  denies?(invocation: Pick<Invocation, 'event' | 'entrance'>): string | undefined;
  /** Refuses by throwing, before the registry or the configuration are asked. */
  admit?(event: unknown): void;
  handle(invocation: Invocation): Promise<R>;
  /** The answer that carries a refusal; throwing makes the invocation itself fail. */
  refuse(invocation: Invocation, problem: Problem, error: unknown): R;
}

/** What plugin code sees of an invocation. */
export function contextOf<S>(invocation: Invocation): InvocationContext<S> {
  return {
    services: invocation.lease?.services as S,
    requestId: invocation.requestId,
    traceparent: invocation.traceparent,
    remainingMs: () => invocation.lambda.getRemainingTimeInMillis?.() ?? 30_000,
    log: invocation.log,
  };
}
