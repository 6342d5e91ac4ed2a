import { paymentSucceeded } from '#events/catalog/payment.ts';
import { subscription } from '#runtime/contract/subscription.ts';
import type { Services } from '../services.ts';

/** Books the points that a payment earns, once however often its event is delivered. */
export const onPaymentSucceeded = subscription<typeof paymentSucceeded, Services>({
  event: paymentSucceeded,
  async handle({ event, services: { earned, points, minorUnitsPerPoint }, log }) {
    const { tenant, aggregate, data } = event;
    const amount = Math.floor(data.captured.amountMinor / minorUnitsPerPoint);
    const outcome = await earned.once(event, () =>
      amount === 0
        ? []
        : [points.booking({ tenant, id: event.id, kind: 'earned', points: amount, paymentId: aggregate.id })],
    );
    log.info('Payment', { paymentId: aggregate.id, outcome, points: amount });
    if (outcome === 'handled') log.count('loyalty.points.earned', amount);
  },
});
