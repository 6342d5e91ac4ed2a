import { randomInt } from 'node:crypto';
import { randomText } from '../shared/ids.ts';

/** A new id of an order, an authorization or a capture in PayPal's form. */
export function newId(): string {
  return randomText(17, 'upper');
}

/** A new event id, `WH-…`. */
export function newEventId(): string {
  return `WH-${randomText(17, 'upper')}-${randomText(17, 'upper')}`;
}

/** A new id of a dispute, `PP-D-…`. */
export function newDisputeId(): string {
  return `PP-D-${randomInt(10_000, 10_000_000)}`;
}

/** A new id of a saved account, such as `8kk8451t`. */
export function newTokenId(): string {
  return randomText(8).toLowerCase();
}

/** A new id that PayPal gives a customer. */
export function newCustomerId(): string {
  return `customer_${randomInt(1_000_000_000, 10_000_000_000)}`;
}

/** A new id of something that is sold, `PROD-…`. */
export function newProductId(): string {
  return `PROD-${randomText(17, 'upper')}`;
}

/** A new id of a plan, `P-…`. */
export function newPlanId(): string {
  return `P-${randomText(24, 'upper')}`;
}

/** A new id of a subscription, `I-…`. */
export function newSubscriptionId(): string {
  return `I-${randomText(12, 'upper')}`;
}

/** A new debug id, as every answer carries one. */
export function newDebugId(): string {
  return `f${randomText(12).toLowerCase()}`;
}
