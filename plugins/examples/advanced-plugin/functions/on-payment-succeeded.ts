import { subscriptionHandler } from '#runtime/adapters/queue.ts';
import { plugin } from '../plugin.ts';
import { onPaymentSucceeded } from '../subscriptions/on-payment-succeeded.ts';

export const handler = subscriptionHandler(plugin, 'onPaymentSucceeded', onPaymentSucceeded);
