import type { Services } from '../../../../plugins/payment/services.ts';

/** An invocation that ends at one of its calls, as a process does that is killed. */
export interface Cutting {
  readonly state: {
    /** Calls to the database and to the provider so far. */
    calls: number;
    /** Whether it has ended: nothing it tries after that happens. */
    cut: boolean;
  };
  readonly services: (inner: Services) => Services;
}

/** Members that ask nobody. */
const LOCAL = new Set<PropertyKey>(['stepMinor', 'amountBounds', 'capabilities']);

/**
 * Counts every call to the database and to the provider, and ends the invocation before or after call `at`; 0 only
 * counts.
 */
export function cutting(at: number, after: boolean): Cutting {
  const state = { calls: 0, cut: false };
  const crash = (): never => {
    state.cut = true;
    throw new Error('crash');
  };
  const counted = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(inner, name, receiver) {
        const member: unknown = Reflect.get(inner, name, receiver);
        if (LOCAL.has(name)) return member;
        if (typeof member === 'object' && member !== null) return counted(member);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          const call = (state.calls += 1);
          if (state.cut || (call === at && !after)) crash();
          try {
            return await (member as (...all: unknown[]) => unknown).apply(inner, args);
          } finally {
            // Also after a refusal: the other side has answered by then.
            if (state.cut || call === at) crash();
          }
        };
      },
    });
  const services = (inner: Services): Services => ({
    ...inner,
    store: counted(inner.store),
    customers: counted(inner.customers),
    subscriptions: counted(inner.subscriptions),
    renewals: counted(inner.renewals),
    provider: async (name) => counted(await inner.provider(name)),
  });
  return { state, services };
}
