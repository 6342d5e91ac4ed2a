import { type Flow } from '../services.ts';
import { providerBudgetMs } from '../engine/flow.ts';
import { answeredBy } from '../engine/provider-step.ts';
import type { Answering } from '../engine/reply.ts';
import { configuredNames } from '../providers/configured.ts';
import type { PaymentView } from '../api/schemas.ts';
import type { Payment } from './model/payment.ts';
import type { Snapshot } from './model/snapshot.ts';
import { isTerminal } from './model/state.ts';
import type { PaymentOutcome } from './payment-outcome.ts';
import { viewOf, withSecrets } from './payment-view.ts';
import { retrieve } from './retrieve.ts';

/** View and path of a payment in responses; only the response to a create, and its replay, has secrets. */
export const paymentAnswer = (flow: Flow): Answering<Payment, PaymentOutcome, PaymentView> => ({
  viewOf,
  pathOf: ({ id }) => `/payments/${id}`,
  withSecrets: async (view, outcome) =>
    withSecrets(view, answeredBy(outcome) ?? (await snapshotWithSecrets(flow, view))),
});

/**
 * Fetches the provider's object with its secrets, which are never stored; undefined where this deployment no longer
 * uses the provider, or no time is left: the response then has no secrets.
 * @throws ProblemError 503 when the provider fails
 */
async function snapshotWithSecrets(
  flow: Flow,
  { provider, providerRef, status }: PaymentView,
): Promise<Snapshot | undefined> {
  if (providerRef === null || isTerminal(status)) return undefined;
  const isUsed = configuredNames(flow.services.config).some((each) => each === provider);
  return isUsed && providerBudgetMs(flow) !== undefined ? retrieve(flow, provider, providerRef) : undefined;
}
