import type { EventContract } from '#events/catalog/contract.ts';
import { refundFailed, refundSucceeded } from '#events/catalog/refund.ts';
import { subscription } from '#runtime/contract/subscription.ts';
import type { Services } from '../services.ts';

/** What this plugin reads of a refund's events. */
interface Refund {
  readonly refundedTotal: { readonly amountMinor: number };
}

/**
 * Takes back as many points as all refunds of a payment are worth by now, or returns them when a refund failed: rounded
 * once, and not for each refund. So an event that is older than the last one has nothing to add.
 */
const onRefund = <E extends EventContract<Refund>>(contract: E) =>
  subscription<E, Services>({
    event: contract,
    async handle({ event, services: { refunded, points, minorUnitsPerPoint }, log }) {
      const { id, tenant, aggregate, data } = event;
      const due = Math.floor(data.refundedTotal.amountMinor / minorUnitsPerPoint);
      const outcome = await refunded.ifNewer(event, async () => {
        const change = (await points.takenBack(tenant, aggregate.id)) - due;
        if (change === 0) return [];
        const entry = { tenant, id, kind: 'taken-back', points: change, paymentId: aggregate.id } as const;
        return [points.booking(entry), points.recordingTakenBack(tenant, aggregate.id, due)];
      });
      log.info('Refund', { paymentId: aggregate.id, outcome, due });
    },
  });

export const onRefundSucceeded = onRefund(refundSucceeded);
export const onRefundFailed = onRefund(refundFailed);
