import { ProblemError } from '#runtime/contract/errors.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { ProviderName } from '../providers/provider.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Flow } from './flow.ts';
import { inboxEntry } from './inbox.ts';
import { applyDisputeEvent, applyRefundEvent, applyReversalEvent } from './money-back-events.ts';
import { applyPaymentMethodEvent } from './payment-method-events.ts';
import { applyRenewalEvent, applySubscriptionEvent } from './subscription-events.ts';
import { applyFraudWarning, applyPaymentEvent } from './payment-events.ts';

/** What became of an event. `ignored`: it is about nothing of ours, or was given up. */
export type Applied = 'processed' | 'duplicate' | 'ignored';

/** An event that fails so often is given up, so that the provider goes on to deliver the others. */
const ATTEMPTS_MAX = 5;

/**
 * Acts on a provider's event, once, whoever brings it: a webhook, a replay, or the list of what no webhook brought.
 * The event is only a hint: what counts is the object that the provider has now.
 * @param rawBody what was delivered, to be kept for people
 * @throws ProblemError 503, or what went wrong, when it must be delivered again
 */
export async function applyEvent(
  flow: Flow,
  provider: ProviderName,
  event: ProviderEvent,
  rawBody?: Buffer,
): Promise<Applied> {
  const inbox = inboxEntry(flow, provider, event, rawBody);
  try {
    const applied = await dispatch(flow, event, inbox);
    if (applied !== 'ignored') return applied;
    return (await flow.services.store.receive(inbox)) ? 'ignored' : 'duplicate';
  } catch (error) {
    if (isTemporary(error)) throw error;
    return failed(flow, inbox, error);
  }
}

async function dispatch(flow: Flow, event: ProviderEvent, inbox: InboxEntry): Promise<Applied> {
  switch (event.kind) {
    case 'payment':
      return applyPaymentEvent(flow, event, inbox);
    case 'fraud_warning':
      return applyFraudWarning(flow, event, inbox);
    case 'refund':
      return applyRefundEvent(flow, event, inbox);
    case 'reversal':
      return applyReversalEvent(flow, event, inbox);
    case 'dispute':
      return applyDisputeEvent(flow, event, inbox);
    case 'subscription':
      return applySubscriptionEvent(flow, event, inbox);
    case 'renewal':
      return applyRenewalEvent(flow, event, inbox);
    case 'payment_method':
      return applyPaymentMethodEvent(flow, event, inbox);
    case 'ignored':
      return 'ignored';
  }
}

/** The provider, the database or another invocation stood in the way: that says nothing against the event. */
function isTemporary(error: unknown): boolean {
  if (error instanceof ProblemError) return error.status === 503 || error.status === 409;
  return error instanceof Error && '$metadata' in error && error.name !== 'ValidationException';
}

async function failed(flow: Flow, inbox: InboxEntry, error: unknown): Promise<Applied> {
  const { provider, eventId, type } = inbox;
  const attempts = await flow.services.store.countFailure(inbox);
  if (attempts === undefined) return 'duplicate';
  flow.log.error('An event could not be applied', { provider, eventId, type, attempts, error });
  flow.log.count('payment.webhook.failed');
  if (attempts < ATTEMPTS_MAX) throw error;
  if (!(await flow.services.store.park(provider, eventId))) return 'duplicate';
  flow.log.error('An event was given up: see to it, then have it replayed', { provider, eventId, type });
  flow.log.count('payment.webhook.parked');
  return 'ignored';
}
