import { subscriptionHandler } from '#runtime/adapters/queue.ts';
import { plugin } from '../plugin.ts';
import { onRefundSucceeded } from '../subscriptions/on-refund.ts';

export const handler = subscriptionHandler(plugin, 'onRefundSucceeded', onRefundSucceeded);
