const PREFIX = 'sale:';

/**
 * The reference of a subscription's charge: `sale:<id of the sale>`. It has no order, and the prefix tells its id from
 * an order id of the same form. Captures, refunds and disputes use the id without the prefix.
 */
export const toSaleRef = (saleId: string): string => `${PREFIX}${saleId}`;

/** The sale id of a reference, or undefined for an order. */
export const saleIdOf = (ref: string): string | undefined =>
  ref.startsWith(PREFIX) ? ref.slice(PREFIX.length) : undefined;
