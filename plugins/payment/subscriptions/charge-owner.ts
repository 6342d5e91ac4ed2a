import { readProvider } from '../engine/call-provider.ts';
import { isPaymentId } from '../engine/model/ids.ts';
import { type FindOwner, paymentIdByRefs } from '../payments/payment-of-event.ts';
import { recordRenewal } from './renewals.ts';
import { subscriptionOf } from './subscription-events.ts';

/** Fetches the owner of an object from the provider; an unrecorded charge of a subscription is recorded. */
export const ownerAtProvider: FindOwner = async (flow, name, object) => {
  const asked = await readProvider(flow, name, (provider, call) => provider.ownerOf(object, call));
  const { paymentId, deployment, renewal } = asked ?? {};
  if (isPaymentId(paymentId)) return { paymentId, deployment };
  if (renewal === undefined) return 'ignored';
  const subscription = await subscriptionOf(flow, name, renewal.subscriptionRef);
  if (typeof subscription === 'string') return subscription;
  await recordRenewal(flow, subscription, renewal);
  const recorded = await paymentIdByRefs(flow, name, [renewal.ref, object.ref, object.captureRef]);
  return recorded === undefined ? 'ignored' : { paymentId: recorded };
};
