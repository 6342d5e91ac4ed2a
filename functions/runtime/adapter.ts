import type { Description, Invocation } from './invocation.ts';
import type { Middleware } from './middleware/types.ts';
import type { Problem } from './problem.ts';

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
