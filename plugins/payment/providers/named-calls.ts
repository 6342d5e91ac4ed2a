import type { PaymentProvider } from './provider.ts';
import type { ProviderCall } from './provider-call.ts';

const isCall = (argument: unknown): argument is ProviderCall =>
  typeof argument === 'object' && argument !== null && 'budgetMs' in argument;

/** The members of a port, each telling the call that it is given under which name it was begun. */
function named<T extends object>(port: T, prefix: string): T {
  const members = Object.entries(port).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function') return [name, member] as const;
    const run = member as (...args: unknown[]) => unknown;
    return [
      name,
      (...args: unknown[]) => {
        args.findLast(isCall)?.began?.(prefix + name);
        return run(...args);
      },
    ] as const;
  });
  return Object.fromEntries(members) as T;
}

/** A provider whose calls know their names, such as `create` or `customers.retrieve`, for metrics. */
export function withNamedCalls(provider: PaymentProvider): PaymentProvider {
  const { refundsAndDisputes, customers, subscriptions, records } = provider;
  return {
    ...named(provider, ''),
    refundsAndDisputes: named(refundsAndDisputes, 'refundsAndDisputes.'),
    customers: named(customers, 'customers.'),
    subscriptions: named(subscriptions, 'subscriptions.'),
    records: named(records, 'records.'),
  };
}
