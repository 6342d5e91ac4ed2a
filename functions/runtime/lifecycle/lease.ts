/** The services of one `initialize` in use by one invocation. */
export interface Lease<S = unknown> {
  readonly services: S;
  /** The invocation is done with them; a second call does nothing. */
  release(): void;
}

/** What one invocation works with. */
export interface Loan extends Lease {
  /** The configuration that the services were built from. */
  readonly config: unknown;
}

/** Counts the invocations that use something, and resolves when there are none. */
export interface Users {
  enter<S>(services: S): Lease<S>;
  /** Resolves when no lease is open, or after `limitMs`, since an invocation may hang. */
  drained(limitMs: number): Promise<void>;
}

export function createUsers(): Users {
  let count = 0;
  const waiting = new Set<() => void>();
  return {
    enter(services) {
      let isOpen = true;
      count += 1;
      return {
        services,
        release() {
          if (!isOpen) return;
          isOpen = false;
          count -= 1;
          if (count === 0) for (const resolveWaiting of waiting) resolveWaiting();
        },
      };
    },
    drained(limitMs) {
      if (count === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          waiting.delete(finish);
          resolve();
        };
        // The timer must not keep the process running.
        const timer = setTimeout(finish, limitMs).unref();
        waiting.add(finish);
      });
    },
  };
}
