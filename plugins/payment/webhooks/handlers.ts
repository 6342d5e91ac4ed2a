import { applyCustomerEvent } from '../customers/customer-events.ts';
import { applyPaymentMethodEvent } from '../customers/payment-method-events.ts';
import { applyDisputeEvent, applyFraudWarning, applyReversalEvent } from '../disputes/dispute-events.ts';
import { applyPaymentEvent } from '../payments/payment-events.ts';
import type { ProviderEvent } from '../providers/event.ts';
import { applyRefundEvent } from '../refunds/refund-events.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import { applyRenewalEvent, applySubscriptionEvent } from '../subscriptions/subscription-events.ts';
import type { Applied } from './model/applied.ts';

type Kind = ProviderEvent['kind'];
type EventOf<K extends Kind> = Extract<ProviderEvent, { readonly kind: K }>;
type Handler<K extends Kind> = (flow: Flow, event: EventOf<K>, inbox: InboxEntry) => Promise<Applied>;

/**
 * The handler of each kind of event. `providers/stripe/event.ts` and `providers/paypal/event-subjects.ts` map the
 * provider's event types to kinds.
 */
const handlers: { readonly [K in Kind]: Handler<K> } = {
  payment: applyPaymentEvent,
  refund: applyRefundEvent,
  reversal: applyReversalEvent,
  dispute: applyDisputeEvent,
  fraud_warning: applyFraudWarning,
  customer: applyCustomerEvent,
  payment_method: applyPaymentMethodEvent,
  subscription: applySubscriptionEvent,
  renewal: applyRenewalEvent,
  ignored: async () => 'ignored',
};

/** Handles an event. @throws ProblemError, or the fault itself, when the event must be delivered again */
export const handle = <K extends Kind>(
  flow: Flow,
  event: EventOf<K> & { readonly kind: K },
  inbox: InboxEntry,
): Promise<Applied> => handlers[event.kind](flow, event, inbox);
