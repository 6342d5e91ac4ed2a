import { isPaymentId } from '../engine/model/ids.ts';
import { missingRecord } from '../engine/missing-record.ts';
import type { Flow } from '../services.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Payment } from './model/payment.ts';
import { noteInSpan } from './payment-span.ts';

/** The ids in an event by which its payment is found. */
export interface NamedPayment {
  readonly ref?: string | undefined;
  readonly captureRef?: string | undefined;
  readonly paymentId?: string | undefined;
  readonly deployment?: string | undefined;
}

/** A payment of this or another deployment, by our id. */
export interface PaymentName {
  readonly paymentId: string;
  readonly deployment?: string | undefined;
}

/**
 * Finds the payment of a provider's object without our id.
 * @throws ProblemError 503, so that the event is delivered again
 */
export type FindOwner = (
  flow: Flow,
  provider: string,
  object: Pick<NamedPayment, 'ref' | 'captureRef'>,
) => Promise<PaymentName | 'ignored' | 'foreign'>;

/**
 * The payment of an event, or the result without one. A payment that exists here is ours whatever deployment its
 * object names: tables are restored elsewhere, and older objects name none.
 * @param findOwner finds the owner of an object without our id, such as one created in the provider's dashboard;
 * without it such an object is ignored
 * @throws ProblemError 503, so that the event is delivered again
 */
export async function paymentOfEvent(
  flow: Flow,
  event: NamedPayment,
  inbox: InboxEntry,
  findOwner: FindOwner = async () => 'ignored',
): Promise<Payment | 'duplicate' | 'ignored' | 'foreign'> {
  const { store } = flow.services;
  const { provider, eventId } = inbox;
  const named = await nameOf(flow, provider, event, findOwner);
  if (named === 'ignored' || named === 'foreign') return named;
  const { paymentId } = named;
  const { payment, isEventProcessed } = await store.loadInbox(paymentId, provider, eventId);
  if (payment !== undefined) noteInSpan(flow, payment);
  if (isEventProcessed) return 'duplicate';
  if (payment === undefined) return missingRecord(flow, named, { paymentId });
  const { providerRef = event.ref } = payment;
  const isOther = payment.provider !== provider || (event.ref !== undefined && event.ref !== providerRef);
  if (!isOther) return payment;
  flow.log.warn('An event names a payment of ours that belongs to another object', { paymentId, eventId });
  return 'ignored';
}

async function nameOf(
  flow: Flow,
  provider: string,
  { ref, captureRef, paymentId, deployment }: NamedPayment,
  findOwner: FindOwner,
): Promise<PaymentName | 'ignored' | 'foreign'> {
  if (isPaymentId(paymentId)) return { paymentId, deployment };
  const known = await paymentIdByRefs(flow, provider, [ref, captureRef]);
  return known === undefined ? findOwner(flow, provider, { ref, captureRef }) : { paymentId: known };
}

/** The payment id for the first of these provider ids that is known. */
export async function paymentIdByRefs(
  { services: { store } }: Flow,
  provider: string,
  refs: readonly (string | undefined)[],
): Promise<string | undefined> {
  for (const ref of refs) {
    const found = ref === undefined ? undefined : await store.findByRef(provider, ref);
    if (found !== undefined) return found;
  }
  return undefined;
}
