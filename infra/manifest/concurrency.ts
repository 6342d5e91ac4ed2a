import type { Candidate } from './candidate.ts';
import { shown } from './errors.ts';

/**
 * Invocations at once of a function that serves a webhook, whose URL is open to everybody. At 200 ms each that is 25
 * deliveries a second, and providers send again what is refused; a hundred such functions reserve half of the 1,000 that
 * an account has by default, of which 100 stay unreserved.
 */
const WEBHOOK_CONCURRENCY = 5;

/** What is known of the functions of one plugin, by name. */
interface Declared {
  readonly functions: Readonly<Record<string, { readonly reservedConcurrency?: number | undefined }>>;
  readonly webhooks: Readonly<Record<string, { readonly function: string }>>;
}

/** How many invocations at once are set aside for a function, and the most that it takes; undefined: what the account has left. */
export function reservedConcurrencyOf({ functions, webhooks }: Declared, key: string): number | undefined {
  const servesWebhook = Object.values(webhooks).some((webhook) => webhook.function === key);
  return functions[key]?.reservedConcurrency ?? (servesWebhook ? WEBHOOK_CONCURRENCY : undefined);
}

/** Lambda would refuse messages that the mapping has received, until they end in the dead-letter queue. */
export function checkConcurrency({ view, report }: Candidate): void {
  const byKey = <T>(entries: readonly { readonly key: string; readonly value: T }[]) =>
    Object.fromEntries(entries.map(({ key, value }) => [key, value]));
  const declared = { functions: byKey(view.functions), webhooks: byKey(view.webhooks) };
  for (const { path, value } of view.subscribes) {
    const reserved = reservedConcurrencyOf(declared, value.function);
    if (reserved === undefined || value.maximumConcurrency <= reserved) continue;
    report('PLG114', {
      path: [...path, 'maximumConcurrency'],
      given: shown(value.maximumConcurrency),
      allowed: `at most ${reserved}, the reserved concurrency of ${shown(value.function)}`,
      fix: `Lower it, or raise reservedConcurrency of "${value.function}".`,
    });
  }
}
