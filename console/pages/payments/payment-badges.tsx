import { StateBadge } from '../../parts/badge.tsx';
import type { Payment } from './types.ts';

/** How a payment stands: its status, its refunds and disputes, and what somebody has to look at. */
export function PaymentBadges({ payment }: { readonly payment: Payment }) {
  const { status, refundStatus, disputeStatus, operation, flags } = payment;
  const states = [
    status,
    ...(refundStatus === 'none' ? [] : [`refund ${refundStatus}`]),
    ...(disputeStatus === 'none' ? [] : [`dispute ${disputeStatus}`]),
    ...(operation?.status === 'in_doubt' ? ['in_doubt'] : []),
    ...flags,
  ];
  return (
    <span class="badges">
      {states.map((state) => (
        <StateBadge key={state} state={state} />
      ))}
    </span>
  );
}
