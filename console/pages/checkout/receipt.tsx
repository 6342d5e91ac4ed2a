import { path } from '../../api/client.ts';
import { Money } from '../../parts/money.tsx';
import { ExactTime } from '../../parts/time.tsx';
import { CartTable } from './cart-table.tsx';
import { isShopCurrency, linesOf } from './products.ts';
import type { Payment } from './types.ts';

const WORDS: Readonly<Record<string, string>> = {
  succeeded: 'Thank you. Your order is paid.',
  canceled: 'The order is canceled. Nothing was taken.',
  failed: 'The payment has failed. Nothing was taken.',
};

/** How the order ended, with what was bought. */
export function Receipt({ payment }: { readonly payment: Payment }) {
  const { id, status, amountMinor, currency, provider, orderReference, refundedMinor, metadata } = payment;
  const cart = Object.fromEntries(
    Object.entries(metadata).map(([product, count]) => [product, Number(count)]),
  );
  const lines = isShopCurrency(currency) ? linesOf(cart, currency) : [];
  return (
    <>
      <p role="status" class={status === 'succeeded' ? 'good' : undefined}>
        <strong>{WORDS[status]}</strong>
      </p>
      <CartTable lines={lines} totalMinor={amountMinor} currency={currency} />
      <dl class="facts">
        <dt>Order</dt>
        <dd>{orderReference ?? '–'}</dd>
        <dt>Paid with</dt>
        <dd>{provider === 'paypal' ? 'PayPal' : 'Stripe'}</dd>
        <dt>At</dt>
        <dd>
          <ExactTime at={payment.updatedAt} />
        </dd>
        {refundedMinor > 0 && (
          <>
            <dt>Refunded</dt>
            <dd>
              <Money amountMinor={refundedMinor} currency={currency} />
            </dd>
          </>
        )}
      </dl>
      <div class="actions">
        <a class="button primary" href={path`/console/payments/${id}`}>
          The payment as the shop sees it
        </a>
        <a class="button" href="/console/checkout">
          Order again
        </a>
      </div>
    </>
  );
}
