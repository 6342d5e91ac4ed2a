import type { Description, Invocation } from './invocation.ts';
import type { Middleware } from './middleware/types.ts';
import type { Problem } from './problem.ts';

/** How one kind of event is read, answered and refused: HTTP, direct calls, queues, streams, schedules. */
export interface Adapter<R> {
  /** Runs after the middleware that every invocation passes. */
  readonly middleware?: readonly Middleware[];
  /** Neither the registry nor the plugin has to be ready: it answers for one that is unloaded or cannot start too. */
  readonly standalone?: boolean;
  describe(event: unknown): Description;
  /** Why the event is not for this adapter; undefined when it is. Left out: only AWS's own triggers may send it. */
  denies?(invocation: Pick<Invocation, 'event' | 'entrance'>): string | undefined;
  /** Refuses by throwing, before the registry or the configuration are read. */
  admit?(event: unknown): void;
  handle(invocation: Invocation): Promise<R>;
  /** The answer that carries a refusal; throwing makes the invocation itself fail. */
  refuse(invocation: Invocation, problem: Problem, error: unknown): R;
}
