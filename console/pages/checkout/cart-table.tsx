import { Money } from '../../parts/money.tsx';
import type { CartLine } from './products.ts';

/** What is bought, and what it costs. */
export function CartTable({
  lines,
  totalMinor,
  currency,
}: {
  readonly lines: readonly CartLine[];
  readonly totalMinor: number;
  readonly currency: string;
}) {
  return (
    <dl class="cart">
      {lines.map(({ product, quantity, amountMinor }) => (
        <div key={product.id}>
          <dt>
            {quantity} × {product.name}
          </dt>
          <dd>
            <Money amountMinor={amountMinor} currency={currency} />
          </dd>
        </div>
      ))}
      <div class="total">
        <dt>Total</dt>
        <dd>
          <Money amountMinor={totalMinor} currency={currency} />
        </dd>
      </div>
    </dl>
  );
}
