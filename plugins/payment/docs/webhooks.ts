import { describeObject, describeOperation } from '#runtime/contract/docs.ts';
import { getPaymentWebhook } from '../webhooks/get-payment-webhook.ts';
import { handlePaymentWebhook } from '../webhooks/handle-payment-webhook.ts';
import { replayPaymentWebhook } from '../webhooks/replay-payment-webhook.ts';
import { webhookReceiptSchema } from '../api/schemas.ts';
import { type ReplayView, replaySchema, webhookSchema } from '../webhooks/webhook-view.ts';
import { texts } from './texts.ts';

const members = {
  provider: 'The provider that sent it.',
  eventId: texts.event,
  type: "The provider's type of the event.",
  objectId: "The provider's id of what it is about; null when it names nothing.",
  state: 'Where it stands.',
  attempts: 'How often it was tried and failed because of an error of ours.',
  receivedAt: 'When it first came in.',
} as const;

const event: Omit<ReplayView, 'outcome'> = {
  provider: 'stripe',
  eventId: 'evt_1QxExample',
  type: 'payment_intent.succeeded',
  objectId: 'pi_3QxExample',
  state: 'processed',
  attempts: 0,
  receivedAt: '2026-11-29T08:30:04.000Z',
};
const named = { provider: event.provider, eventId: event.eventId };
const whose = { provider: 'The provider.', eventId: texts.event };

export const schemas = [
  describeObject(webhookReceiptSchema, 'What became of a delivery.', {
    outcome: 'What was done with it.',
    eventId: texts.event,
  }),
  describeObject(webhookSchema, 'An event of a provider, as it is kept for 31 days.', {
    ...members,
    body: 'What was delivered, as JSON without personal data; null when it is not kept, or can no longer be read.',
  }),
  describeObject(replaySchema, 'An event of a provider after it was applied once more.', {
    ...members,
    outcome: 'What the replay did.',
  }),
];

export const operations = [
  describeOperation(
    handlePaymentWebhook,
    {
      provider: 'The provider that sent it.',
      payload: "The delivery's body, exactly as it came: the signature covers every character.",
      signature: "The delivery's signature header, for Stripe; may stand among `headers` instead.",
      headers: "The delivery's headers; PayPal spreads its signature over five of them.",
    },
    {
      input: {
        provider: 'stripe',
        payload: '{"id":"evt_1QxExample"}',
        signature: 't=1764405004,v1=5257a869',
      },
      output: { outcome: 'processed', eventId: event.eventId },
    },
  ),
  describeOperation(getPaymentWebhook, whose, { input: named, output: { ...event, body: null } }),
  describeOperation(replayPaymentWebhook, whose, {
    input: named,
    output: { ...event, outcome: 'processed' },
  }),
];
