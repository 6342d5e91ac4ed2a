import type { DisputeSnapshot, DisputeStatus } from './dispute-snapshot.ts';

/** A dispute of a payer, or a reversal by the provider itself, as it is stored. Amounts are minor units. */
export interface Dispute {
  /** The provider's id. */
  readonly ref: string;
  readonly kind: 'dispute' | 'reversal';
  readonly paymentId: string;
  readonly tenant: string;
  readonly status: DisputeStatus;
  readonly stage?: string | undefined;
  readonly reason: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** The capture that it is about, where the provider refunds captures and not payments. */
  readonly captureRef?: string | undefined;
  /** The amount lost to it for good. */
  readonly takenMinor: number;
  readonly dueBy?: string | undefined;
  readonly blocksRefunds: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const ENDED: ReadonlySet<DisputeStatus> = new Set(['won', 'lost', 'closed']);

export const hasEnded = ({ status }: Pick<Dispute, 'status'>): boolean => ENDED.has(status);

/** Whether the snapshot equals the stored dispute. */
export function isSame(
  dispute: Dispute,
  { status, stage, amountMinor, dueBy, blocksRefunds }: DisputeSnapshot,
) {
  return (
    (status === undefined || dispute.status === status) &&
    dispute.stage === stage &&
    dispute.amountMinor === amountMinor &&
    dispute.dueBy === dueBy &&
    dispute.blocksRefunds === blocksRefunds
  );
}
