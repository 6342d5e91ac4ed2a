import { paymentSucceeded } from '#events/catalog/payment.ts';
import { subscription } from '#runtime/contract/subscription.ts';
import type { Services } from '../services.ts';

/** Keeps one receipt per event, however often the event is delivered. */
export const onPaymentSucceeded = subscription<typeof paymentSucceeded, Services>({
  event: paymentSucceeded,
  async handle({ event, services: { inbox, receipts }, log }) {
    const outcome = await inbox.once(event, () => [
      receipts.adding({
        eventId: event.id,
        tenant: event.tenant,
        paymentId: event.aggregate.id,
        amountMinor: event.data.captured.amountMinor,
        currency: event.data.captured.currency,
        occurredAt: event.occurredAt,
      }),
    ]);
    log.info('Receipt', { eventId: event.id, paymentId: event.aggregate.id, outcome });
  },
});
