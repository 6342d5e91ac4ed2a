import { webhookHandler } from '#runtime/adapters/webhook.ts';
import { plugin } from '../plugin.ts';
import { paypalWebhook } from '../webhooks/paypal.ts';

export const handler = webhookHandler(plugin, 'paypal', paypalWebhook);
