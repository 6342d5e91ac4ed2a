import { randomInt } from 'node:crypto';
import { randomText } from '../shared/ids.ts';

/** A new id of an order, an authorization, a capture, a refund or a setup token. */
export const newId = (): string => randomText(17, 'upper');
export const newEventId = (): string => `WH-${randomText(17, 'upper')}-${randomText(17, 'upper')}`;
export const newDisputeId = (): string => `PP-D-${randomInt(10_000, 10_000_000)}`;
/** A new id of a payment token, such as `8kk8451t`. */
export const newTokenId = (): string => randomText(8).toLowerCase();
export const newCustomerId = (): string => `customer_${randomInt(1_000_000_000, 10_000_000_000)}`;
export const newProductId = (): string => `PROD-${randomText(17, 'upper')}`;
export const newPlanId = (): string => `P-${randomText(24, 'upper')}`;
export const newSubscriptionId = (): string => `I-${randomText(12, 'upper')}`;
/** A new debug id, as every answer carries one. */
export const newDebugId = (): string => `f${randomText(12).toLowerCase()}`;
