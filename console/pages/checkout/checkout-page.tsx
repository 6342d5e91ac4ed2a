import { useLocation, useRoute } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useResource } from '../../api/use-resource.ts';
import { Action } from '../../parts/action.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { SelectField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Money, moneyText } from '../../parts/money.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { CartTable } from './cart-table.tsx';
import { createPayment, paymentOfOrder, paymentPage } from './order.ts';
import {
  type Cart,
  CURRENCIES,
  isShopCurrency,
  linesOf,
  products,
  type ShopCurrency,
  totalOf,
} from './products.ts';

interface Sandboxes {
  readonly sandboxes: readonly { readonly plugin: string; readonly name: string }[];
}

const PROVIDERS: Readonly<Record<string, { readonly label: string; readonly text: string }>> = {
  stripe: { label: 'Stripe', text: 'Cards and bank accounts, paid on this page.' },
  paypal: { label: 'PayPal', text: 'Approved on a page of PayPal.' },
};
const QUANTITY_MAX = 9;

/** A shop of three products, whose buyer you are. */
export function CheckoutPage() {
  const { query } = useRoute();
  const { route } = useLocation();
  const returned = query['order'] === undefined ? null : paymentOfOrder(query['order']);
  useEffect(() => {
    if (returned !== null) route(paymentPage(returned), true);
  }, [returned]);
  const [cart, setCart] = useState<Cart>({ mug: 1 });
  const [currency, setCurrency] = useState<ShopCurrency>('usd');
  const sandboxes = useResource<Sandboxes>('/dev/sandboxes');
  return (
    <Page
      title="Checkout"
      summary="A shop that takes payments with this system. Buy something: the providers are sandboxes, and no money moves."
    >
      <div class="shop">
        <Section
          title="Products"
          actions={
            <SelectField
              label="Currency"
              name="currency"
              value={currency}
              options={CURRENCIES}
              onInput={(value) => isShopCurrency(value) && setCurrency(value)}
            />
          }
        >
          <ul class="products">
            {products.map(({ id, name, text, price }) => (
              <li key={id}>
                <div>
                  <strong>{name}</strong>
                  <div class="muted">{text}</div>
                </div>
                <Money amountMinor={price[currency]} currency={currency} />
                <Quantity
                  name={name}
                  value={cart[id] ?? 0}
                  onChange={(value) => setCart({ ...cart, [id]: value })}
                />
              </li>
            ))}
          </ul>
        </Section>
        <Section title="Your order">
          <Loaded resource={sandboxes} lines={5}>
            {(data) => <OrderForm cart={cart} currency={currency} offered={offeredOf(data)} />}
          </Loaded>
        </Section>
      </div>
    </Page>
  );
}

const offeredOf = ({ sandboxes }: Sandboxes): readonly string[] =>
  Object.keys(PROVIDERS).filter((name) =>
    sandboxes.some((sandbox) => sandbox.plugin === 'payment' && sandbox.name === name),
  );

function Quantity({
  name,
  value,
  onChange,
}: {
  readonly name: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <div class="quantity" role="group" aria-label={`Quantity of ${name}`}>
      <button
        type="button"
        aria-label={`One ${name} less`}
        disabled={value === 0}
        onClick={() => onChange(value - 1)}
      >
        −
      </button>
      <output aria-live="polite">{value}</output>
      <button
        type="button"
        aria-label={`One ${name} more`}
        disabled={value === QUANTITY_MAX}
        onClick={() => onChange(value + 1)}
      >
        +
      </button>
    </div>
  );
}

function OrderForm({
  cart,
  currency,
  offered,
}: {
  readonly cart: Cart;
  readonly currency: ShopCurrency;
  readonly offered: readonly string[];
}) {
  const { route } = useLocation();
  const [provider = offered[0], setProvider] = useState<string>();
  // One order is one reference, however often its button is pressed; another order is another one.
  const order = JSON.stringify([cart, currency, provider]);
  const reference = useRef({ order: '', value: '' });
  const lines = linesOf(cart, currency);
  const totalMinor = totalOf(lines);
  if (provider === undefined) {
    return (
      <EmptyState title="No sandbox of a provider runs.">
        This shop pays at the sandboxes alone. They run unless .env has keys of the real Stripe or PayPal, or
        the payment plugin could not be built.
      </EmptyState>
    );
  }
  if (lines.length === 0) return <EmptyState title="Your cart is empty.">Add a product to it.</EmptyState>;
  const pay = async (): Promise<undefined> => {
    if (reference.current.order !== order)
      reference.current = { order, value: `shop-${crypto.randomUUID().slice(0, 13)}` };
    const payment = await createPayment({ cart, totalMinor, currency, provider }, reference.current.value);
    route(paymentPage(payment.id));
  };
  return (
    <>
      <CartTable lines={lines} totalMinor={totalMinor} currency={currency} />
      <fieldset class="choices">
        <legend>Pay with</legend>
        {offered.map((name) => (
          <label key={name} class="choice">
            <input
              type="radio"
              name="provider"
              value={name}
              checked={name === provider}
              onChange={() => setProvider(name)}
            />
            <span>
              <strong>{PROVIDERS[name]?.label}</strong>
              <span class="muted">{PROVIDERS[name]?.text}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Action label={`Order for ${moneyText(totalMinor, currency)}`} tone="primary" run={pay} />
    </>
  );
}
