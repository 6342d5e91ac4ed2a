import { webhookHandler } from '#runtime/adapters/webhook.ts';
import { plugin } from '../plugin.ts';
import { stripeWebhook } from '../webhooks/stripe.ts';

export const handler = webhookHandler(plugin, 'stripe', stripeWebhook);
