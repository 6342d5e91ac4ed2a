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
  objectId: "The provider's id of the object it concerns; null when it names none.",
  state: 'Its state.',
  attempts: 'How many attempts to apply it failed because of an error of this system.',
  receivedAt: 'When it was first received.',
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
  describeObject(webhookReceiptSchema, 'The outcome of a delivery.', {
    outcome: 'Its outcome.',
    eventId: texts.event,
  }),
  describeObject(webhookSchema, 'An event of a provider, as it is stored for 31 days.', {
    ...members,
    body: 'The delivered body, as JSON without personal data; null when it is not stored, or can no longer be decrypted.',
  }),
  describeObject(replaySchema, 'An event of a provider after its replay.', {
    ...members,
    outcome: 'The outcome of the replay.',
  }),
];

export const operations = [
  describeOperation(
    handlePaymentWebhook,
    {
      provider: 'The provider that sent it.',
      payload: "The delivery's body, unchanged: the signature covers every character.",
      signature: "The delivery's signature header, for Stripe; may stand among `headers` instead.",
      headers: "The delivery's headers; PayPal's signature consists of five of them.",
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
