import { isPaymentId } from '../engine/model/ids.ts';
import type { Payment } from '../payments/model/payment.ts';
import type { InboxEntry } from '../store/inbox-store.ts';
import type { Flow } from '../engine/flow.ts';
import { callProvider, unavailable } from '../engine/call-provider.ts';
import { subscriptionOf } from './subscription-events.ts';
import { takeRenewal } from './renewals.ts';
import { unrecorded } from '../engine/missing-record.ts';

/** What an event says of the payment that it is about. */
interface Named {
  readonly ref?: string | undefined;
  readonly captureRef?: string | undefined;
  readonly paymentId?: string | undefined;
  readonly deployment?: string | undefined;
}

/**
 * The payment that an event is about, or what the event comes to without one. A payment that is here is ours,
 * whatever deployment its object names: tables are restored elsewhere, and older objects name none.
 * @param ask whether the provider is asked for the owner of an unknown object, as for what people make in its
 *   dashboard: that carries no id of ours
 * @throws ProblemError 503 to be delivered again
 */
export async function ownerOf(
  flow: Flow,
  event: Named,
  inbox: InboxEntry,
  { ask }: { readonly ask: boolean },
): Promise<Payment | 'duplicate' | 'ignored' | 'foreign'> {
  const { store } = flow.services;
  const { provider, eventId } = inbox;
  const named = await nameOf(flow, provider, event, ask);
  if (named === 'ignored' || named === 'foreign') return named;
  const { paymentId } = named;
  const { payment, seen } = await store.loadInbox(paymentId, provider, eventId);
  if (seen) return 'duplicate';
  if (payment === undefined) return unrecorded(flow, named, { paymentId });
  const { providerRef = event.ref } = payment;
  const isOther = payment.provider !== provider || (event.ref !== undefined && event.ref !== providerRef);
  if (!isOther) return payment;
  flow.log.warn('An event names a payment of ours that belongs to another object', { paymentId, eventId });
  return 'ignored';
}

type Name = { readonly paymentId: string; readonly deployment?: string | undefined };

async function nameOf(
  flow: Flow,
  provider: string,
  { ref, captureRef, paymentId, deployment }: Named,
  ask: boolean,
): Promise<Name | 'ignored' | 'foreign'> {
  if (isPaymentId(paymentId)) return { paymentId, deployment };
  const known = await byRefs(flow, provider, [ref, captureRef]);
  if (known !== undefined) return { paymentId: known };
  return ask ? askOwner(flow, provider, { ref, captureRef }) : 'ignored';
}

async function byRefs(
  flow: Flow,
  provider: string,
  refs: readonly (string | undefined)[],
): Promise<string | undefined> {
  for (const ref of refs) {
    const found = ref === undefined ? undefined : await flow.services.store.findByRef(provider, ref);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The provider knows whose the object is; a charge of a subscription that nobody told us of is taken in. */
async function askOwner(
  flow: Flow,
  name: string,
  object: { readonly ref: string | undefined; readonly captureRef: string | undefined },
): Promise<Name | 'ignored' | 'foreign'> {
  const asked = await callProvider(flow, name, undefined, (provider, call) => provider.ownerOf(object, call));
  if (asked.kind !== 'ok') throw unavailable(asked);
  const { paymentId, deployment, renewal } = asked.value ?? {};
  if (isPaymentId(paymentId)) return { paymentId, deployment };
  if (renewal === undefined) return 'ignored';
  const subscription = await subscriptionOf(flow, name, renewal.subscriptionRef);
  if (typeof subscription === 'string') return subscription;
  await takeRenewal(flow, subscription, renewal);
  const taken = await byRefs(flow, name, [renewal.ref, object.ref, object.captureRef]);
  return taken === undefined ? 'ignored' : { paymentId: taken };
}
