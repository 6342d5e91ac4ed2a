import { subscriptionHandler } from '#runtime/adapters/queue.ts';
import { plugin } from '../plugin.ts';
import { onRefundFailed } from '../subscriptions/on-refund.ts';

export const handler = subscriptionHandler(plugin, 'onRefundFailed', onRefundFailed);
