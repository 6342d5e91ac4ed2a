import { useLocation, useRoute } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import { path } from '../../api/client.ts';
import { useResource } from '../../api/use-resource.ts';
import { StateBadge } from '../../parts/badge.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { moneyText } from '../../parts/money.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { paymentPage } from './order.ts';
import { PayWithPaypal } from './pay-with-paypal.tsx';
import { PayWithStripe } from './pay-with-stripe.tsx';
import { Receipt } from './receipt.tsx';
import { Timeline } from './timeline.tsx';
import { hasEnded, type Payment, type PaymentEvent } from './types.ts';

const REFRESH_MS = 1000;

/** The payment of an order: how the buyer pays it, and what happens meanwhile. */
export function CheckoutPaymentPage() {
  const { params, query } = useRoute();
  const { route } = useLocation();
  const id = params['id'] ?? '';
  const payment = useResource<Payment>(path`/payments/${id}`, { everyMs: REFRESH_MS });
  const events = useResource<{ readonly events: readonly PaymentEvent[] }>(
    `/dev/events?aggregate=${encodeURIComponent(id)}`,
    { everyMs: REFRESH_MS },
  );
  // Stripe sends the buyer back with the client secret in the address, where it must not stay.
  const isReturned = Object.keys(query).length > 0;
  useEffect(() => {
    if (isReturned) route(paymentPage(id), true);
  }, [isReturned, id]);
  return (
    <Page
      title="Checkout"
      summary="You are the buyer. No money moves, and card numbers are not even asked for."
    >
      <div class="shop">
        <Loaded resource={payment} lines={8}>
          {(data) => (
            <Section title={titleOf(data)} actions={<StateBadge state={data.status} />}>
              <Step payment={data} onPaid={payment.reload} />
            </Section>
          )}
        </Loaded>
        <Section title="What happens">
          <Loaded resource={events} lines={4}>
            {(data) => (
              <Timeline events={data.events} isLive={payment.data ? !hasEnded(payment.data) : true} />
            )}
          </Loaded>
        </Section>
      </div>
    </Page>
  );
}

function titleOf({ status, amountMinor, currency }: Payment): string {
  const money = moneyText(amountMinor, currency);
  return status === 'succeeded' ? `Paid ${money}` : `Pay ${money}`;
}

const WAITS: Readonly<Record<string, string>> = {
  initiating: 'The payment is being created.',
  approved: 'You have approved it; the shop takes the money now.',
  authorized: 'The amount is held; the shop takes it when it ships.',
  partially_captured: 'The shop has taken a part of it.',
  processing: 'Your bank is working on it.',
};

function Step({ payment, onPaid }: { readonly payment: Payment; readonly onPaid: () => void }) {
  if (hasEnded(payment)) return <Receipt payment={payment} />;
  const wait = WAITS[payment.status];
  if (wait !== undefined) return <p role="status">{wait}</p>;
  if (payment.provider === 'paypal') return <PayWithPaypal payment={payment} onPaid={onPaid} />;
  return <PayWithStripe payment={payment} onPaid={onPaid} />;
}
