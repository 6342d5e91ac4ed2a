import type { ProviderEvent } from '../providers/event.ts';
import { refOf } from '../providers/event.ts';
import type { ProviderName } from '../providers/provider.ts';
import type { InboxEntry } from '../store/store.ts';
import type { Flow } from './flow.ts';
import { applyFraudWarning, applyPaymentEvent } from './payment-events.ts';

/** What became of an event. `ignored`: it is about nothing of ours. */
export type Applied = 'processed' | 'duplicate' | 'ignored';

/**
 * Acts on a provider's event, once, whoever brings it: a webhook, a replay, or the list of what no webhook brought.
 * The event is only a hint: what counts is the object that the provider has now.
 * @throws ProblemError 503 when it must be delivered again
 */
export async function applyEvent(flow: Flow, provider: ProviderName, event: ProviderEvent): Promise<Applied> {
  const inbox = { provider, eventId: event.id, type: event.type, ref: refOf(event) };
  return dispatch({ ...flow, actor: provider }, event, inbox);
}

async function dispatch(flow: Flow, event: ProviderEvent, inbox: InboxEntry): Promise<Applied> {
  switch (event.kind) {
    case 'payment':
      return applyPaymentEvent(flow, event, inbox);
    case 'fraud_warning':
      return applyFraudWarning(flow, event, inbox);
    case 'ignored':
    case 'refund':
    case 'reversal':
    case 'dispute':
    case 'subscription':
    case 'renewal':
    case 'payment_method':
      return 'ignored';
  }
}
