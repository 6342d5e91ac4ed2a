import type { Payment } from './model/payment.ts';
import type { Snapshot } from './model/snapshot.ts';
import { problem } from '../errors.ts';
import type { ClientSecretView } from '../api/schemas.ts';
import { disclosed } from '../api/next-action.ts';
import { mergeSnapshot, mergedStep } from './merge-snapshot.ts';
import { advance } from './payment-repository.ts';
import type { Flow } from '../services.ts';
import { isMismatched, refuseState } from './refusals.ts';
import { retrieveIfThere } from './retrieve.ts';
import { missingStep } from './sync-payment.ts';

/**
 * Fetches the client secret of a payment; the rest of the object is merged. The secret is in the response alone.
 * @throws ProblemError 409 when the payment does not wait for its payer, 502 for a mismatched object, 503 when the
 * fetch fails
 */
export async function clientSecretOf(flow: Flow, payment: Payment): Promise<ClientSecretView> {
  const { id: paymentId, providerRef: ref } = payment;
  if (payment.status !== 'requires_action' || ref === undefined) refuseState(payment);
  let snapshot: Snapshot | undefined;
  const { state: synced, step } = await advance(flow, payment, async (current) => {
    snapshot = await retrieveIfThere(flow, current.provider, ref);
    return snapshot === undefined
      ? missingStep(flow, current)
      : mergedStep(current, mergeSnapshot(flow, current, snapshot));
  });
  if (isMismatched(step.next)) throw problem('provider-mismatch', { extensions: { paymentId } });
  if (synced.status !== 'requires_action' || snapshot?.clientSecret === undefined) refuseState(synced);
  const nextAction = disclosed(snapshot.nextAction);
  return {
    paymentId,
    clientSecret: snapshot.clientSecret,
    ...(nextAction !== undefined && { nextAction }),
  };
}
