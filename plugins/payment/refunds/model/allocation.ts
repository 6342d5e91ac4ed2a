import type { Dispute } from '../../disputes/model/dispute.ts';
import type { CaptureSnapshot } from '../../payments/model/snapshot.ts';
import type { Refund } from './refund.ts';

/** The share of a refund that one capture gives back, in minor units. */
export interface Share {
  readonly captureRef: string;
  readonly amountMinor: number;
}

/**
 * Allocates a refund to the captures of a payment, the oldest first, by what earlier refunds, lost disputes and
 * reversals left of each.
 * @returns undefined when they cannot cover the amount
 */
export function allocate(
  captures: readonly CaptureSnapshot[],
  { refunds, disputes }: { readonly refunds: readonly Refund[]; readonly disputes: readonly Dispute[] },
  amountMinor: number,
): readonly Share[] | undefined {
  const usedMinorByRef = new Map<string, number>();
  const take = (captureRef: string | undefined, minor: number): void => {
    if (captureRef !== undefined)
      usedMinorByRef.set(captureRef, (usedMinorByRef.get(captureRef) ?? 0) + minor);
  };
  for (const { parts } of refunds)
    for (const { captureRef, status, amountMinor: part } of parts)
      if (status !== 'failed' && status !== 'canceled') take(captureRef, part);
  for (const { captureRef, takenMinor } of disputes) take(captureRef, takenMinor);
  const shares: Share[] = [];
  let rest = amountMinor;
  for (const { ref: captureRef, amountMinor: captured } of captures) {
    const share = Math.min(rest, captured - (usedMinorByRef.get(captureRef) ?? 0));
    if (share <= 0) continue;
    shares.push({ captureRef, amountMinor: share });
    rest -= share;
  }
  return rest === 0 ? shares : undefined;
}
