import { ExactTime } from '../../parts/time.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import type { PaymentEvent } from './types.ts';

const MEANINGS: Readonly<Record<string, string>> = {
  'payment.created': 'The shop created the payment.',
  'payment.requires_action': 'The buyer has to act.',
  'payment.approved': 'The buyer approved it at PayPal.',
  'payment.processing': 'The bank is working on it.',
  'payment.authorized': 'The amount is held.',
  'payment.succeeded': 'The money is the shop’s.',
  'payment.attempt_failed': 'An attempt to pay did not work.',
  'payment.failed': 'The payment failed.',
  'payment.canceled': 'The payment was canceled.',
  'payment.refunded': 'Money went back to the buyer.',
};
const CAUSES: Readonly<Record<string, string>> = {
  api: 'by a call of the API',
  webhook: 'by a webhook of the provider',
  reconciler: 'by the reconciler',
};

/** The events of a payment on the bus, as they arrive. */
export function Timeline({
  events,
  isLive,
}: {
  readonly events: readonly PaymentEvent[];
  readonly isLive: boolean;
}) {
  if (events.length === 0) return <EmptyState title="No event has reached the bus yet." />;
  return (
    <>
      <ol class="checkout-events" aria-live="polite">
        {events.map(({ id, time, detailType, detail, matchedRules }) => (
          <li key={id}>
            <div>
              <strong>{MEANINGS[detailType.replace(/\.v\d+$/, '')] ?? detailType}</strong>
              <div class="muted">
                <code>{detailType}</code> {CAUSES[detail.cause?.kind ?? ''] ?? detail.cause?.kind}
                {matchedRules.length > 0 &&
                  `, for ${matchedRules.length} ${matchedRules.length === 1 ? 'subscriber' : 'subscribers'}`}
              </div>
            </div>
            <span class="muted">
              <ExactTime at={time} />
            </span>
          </li>
        ))}
      </ol>
      {isLive && <p class="muted">Further events appear here as they reach the bus.</p>}
    </>
  );
}
