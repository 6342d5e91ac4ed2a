import { type Flow } from '../services.ts';
import { readSecrets } from '../engine/call-provider.ts';
import { answeredBy } from '../engine/provider-step.ts';
import type { Answering } from '../engine/reply.ts';
import type { PaymentView } from '../api/schemas.ts';
import type { Payment } from './model/payment.ts';
import type { Snapshot } from './model/snapshot.ts';
import { isTerminal } from './model/state.ts';
import type { PaymentOutcome } from './payment-outcome.ts';
import { viewOf, withSecrets } from './payment-view.ts';

/** View and path of a payment in responses; only the response to a create, and its replay, has secrets. */
export const paymentAnswer = (flow: Flow): Answering<Payment, PaymentOutcome, PaymentView> => ({
  viewOf,
  pathOf: ({ id }) => `/payments/${id}`,
  withSecrets: async (view, outcome) =>
    withSecrets(view, answeredBy(outcome) ?? (await snapshotWithSecrets(flow, view))),
});

/** Fetches the provider's object with its secrets, as long as there may be something to confirm. */
const snapshotWithSecrets = async (
  flow: Flow,
  { provider: name, providerRef: ref, status }: PaymentView,
): Promise<Snapshot | undefined> =>
  ref === null || isTerminal(status)
    ? undefined
    : readSecrets(flow, name, (provider, call) => provider.retrieve(ref, call));
