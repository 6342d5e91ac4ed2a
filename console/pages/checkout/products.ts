export const CURRENCIES = {
  usd: 'US dollar',
  eur: 'Euro',
  gbp: 'Pound sterling',
  jpy: 'Japanese yen',
} as const;
export type ShopCurrency = keyof typeof CURRENCIES;

/** What the demo shop sells. */
export interface Product {
  /** Also the key under which the payment's metadata has the quantity. */
  readonly id: string;
  readonly name: string;
  readonly text: string;
  /** In minor units. */
  readonly price: Readonly<Record<ShopCurrency, number>>;
}

export const products: readonly Product[] = [
  {
    id: 'mug',
    name: 'Enamel mug',
    text: 'Keeps a warm start warm.',
    price: { usd: 1800, eur: 1650, gbp: 1450, jpy: 2700 },
  },
  {
    id: 'notebook',
    name: 'Notebook',
    text: 'Append only: 96 pages, none of them torn out.',
    price: { usd: 1250, eur: 1150, gbp: 990, jpy: 1900 },
  },
  {
    id: 'tote',
    name: 'Tote bag',
    text: 'Carries 25 kg, or any number of plugins.',
    price: { usd: 2400, eur: 2200, gbp: 1900, jpy: 3600 },
  },
];

/** Quantities by product. */
export type Cart = Readonly<Record<string, number>>;

/** A line of an order. */
export interface CartLine {
  readonly product: Product;
  readonly quantity: number;
  readonly amountMinor: number;
}

export function linesOf(cart: Cart, currency: ShopCurrency): readonly CartLine[] {
  return products.flatMap((product) => {
    const quantity = cart[product.id] ?? 0;
    return quantity > 0 ? [{ product, quantity, amountMinor: quantity * product.price[currency] }] : [];
  });
}

export const totalOf = (lines: readonly CartLine[]): number =>
  lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

export const isShopCurrency = (currency: string): currency is ShopCurrency =>
  Object.hasOwn(CURRENCIES, currency);
