const PREFIX = 'sale:';

/**
 * A charge of a subscription is a payment without an order: its reference is `sale:<id of the sale>`, where all
 * others are order ids, which look the same. Captures, refunds and disputes go by the bare id.
 */
export const toSaleRef = (saleId: string): string => `${PREFIX}${saleId}`;

/** The sale behind a reference, or undefined for an order. */
export const saleIdOf = (ref: string): string | undefined =>
  ref.startsWith(PREFIX) ? ref.slice(PREFIX.length) : undefined;
