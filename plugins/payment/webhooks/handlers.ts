import { applyCustomerEvent, applyPaymentMethodEvent } from '../customers/customer-events.ts';
import { applyDisputeEvent, applyFraudWarning, applyReversalEvent } from '../disputes/dispute-events.ts';
import { applyPaymentEvent } from '../payments/payment-events.ts';
import type { EventOf, ProviderEvent } from '../providers/event.ts';
import { applyRefundEvent } from '../refunds/refund-events.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { applyRenewalEvent, applySubscriptionEvent } from '../subscriptions/subscription-events.ts';
import type { Applied } from './model/applied.ts';

type Kind = ProviderEvent['kind'];
type Handler<K extends Kind> = (flow: Flow, event: EventOf<K>, inbox: InboxEntry) => Promise<Applied>;

/**
 * The handler of each kind of event. `providers/stripe/event.ts` and `providers/paypal/event-subjects.ts` map the
 * provider's event types to kinds. What is about a payment is known to be processed when the payment is loaded.
 */
const handlers: { readonly [K in Kind]: Handler<K> } = {
  payment: applyPaymentEvent,
  refund: applyRefundEvent,
  reversal: applyReversalEvent,
  dispute: once(applyDisputeEvent),
  fraud_warning: applyFraudWarning,
  customer: once(applyCustomerEvent),
  payment_method: once(applyPaymentMethodEvent),
  subscription: once(applySubscriptionEvent),
  renewal: once(applyRenewalEvent),
  ignored: async () => 'ignored',
};

/** Skips an event that is processed, before anything is fetched for it. */
function once<K extends Kind>(handler: Handler<K>): Handler<K> {
  return async (flow, event, inbox) =>
    (await flow.services.customers.isEventProcessed(inbox.provider, inbox.eventId))
      ? 'duplicate'
      : handler(flow, event, inbox);
}

/** Handles an event. @throws ProblemError, or the fault itself, when the event must be delivered again */
export const handle = <K extends Kind>(
  flow: Flow,
  event: EventOf<K> & { readonly kind: K },
  inbox: InboxEntry,
): Promise<Applied> => handlers[event.kind](flow, event, inbox);
