/** The services of one `initialize` in use by one invocation. */
export interface Lease<S = unknown> {
  readonly services: S;
  /** The invocation is done with them; a second call does nothing. */
  release(): void;
}

/** Counts who works with something, and tells when nobody does any more. */
export interface Users {
  enter<S>(services: S): Lease<S>;
  /** Resolves when nobody is left, or after `limitMs`: what hangs for ever must not keep the rest. */
  gone(limitMs: number): Promise<void>;
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
          if (count === 0) for (const tell of waiting) tell();
        },
      };
    },
    gone(limitMs) {
      if (count === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const tell = (): void => {
          clearTimeout(timer);
          waiting.delete(tell);
          resolve();
        };
        // Waiting alone keeps no process alive.
        const timer = setTimeout(tell, limitMs).unref();
        waiting.add(tell);
      });
    },
  };
}
