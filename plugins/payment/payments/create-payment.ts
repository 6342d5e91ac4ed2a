import { repeat } from '../engine/execute.ts';
import { replyTo } from '../engine/reply.ts';
import { paymentAnswer } from './payment-answer.ts';
import { beginOperation, newOperation } from './new-operation.ts';
import { openOperation } from './payment-operation.ts';
import { type OperationContext, operation as defineOperation } from '#runtime/contract/operation.ts';
import type { Reply } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import type { AmountRange } from '../money/amount-range.ts';
import { firstChange } from './model/change.ts';
import { withNextCheck } from '../reconciliation/model/payment-checks.ts';
import { type LimitReservation, reservationsOf, withUses } from '../limits/model/limits.ts';
import { type PaymentOperation, type Payment, initialPaymentState } from './model/payment.ts';
import { paymentErrors, problem } from '../errors.ts';
import { chargeRange } from './charge-range.ts';
import { changeContext, flowOf } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { claimOf } from '../engine/idempotency.ts';
import { validateOrReplay } from '../engine/validate-or-replay.ts';
import { type Payer, payerOf } from '../customers/payer.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import * as schema from '../api/schemas.ts';
import { readAmount } from './amounts.ts';
import { checkText, checkTime } from '../api/checks.ts';
import { forbiddenBy, limitReached, publishLimitExceeded } from '../limits/rules.ts';

const input = z.strictObject({
  amount: z.optional(schema.amount),
  amountMinor: z.optional(schema.amountMinor),
  currency: schema.currency,
  provider: z.optional(schema.providerName),
  captureMethod: z._default(schema.captureMethod, 'automatic'),
  customerId: z.optional(schema.customerId),
  /** The provider's token, or a saved method of the customer. */
  paymentMethodId: z.optional(schema.paymentMethodId),
  confirm: z._default(z.boolean(), false),
  orderReference: z.optional(schema.orderReference),
  description: z.optional(schema.description),
  returnUrl: z.optional(schema.returnUrl),
  metadata: z.optional(schema.metadata),
});
type Input = z.infer<typeof input>;

export const createPayment = defineOperation<Input, schema.PaymentView, Services>({
  summary: 'Creates a payment',
  description: 'Records the intent, then calls the provider. 202 means that the outcome is not known yet.',
  input,
  output: schema.paymentSchema,
  successStatus: 201,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const flow = flowOf(context);
    let judged: Payment | undefined;
    return validateOrReplay(flow, claimOf(flow, context), {
      async validate() {
        const { intent, limits, forbidden } = await judge(flow, context);
        judged = intent.payment;
        if (forbidden !== undefined) throw forbidden;
        return () => begin(flow, context, intent, limits);
      },
      replay: async (claim, record) =>
        replyTo(await repeat(flow, claim, record, openOperation(flow)), paymentAnswer(flow)),
      onRejected: async (refusal) => judged && publishLimitExceeded(flow, judged, refusal),
    });
  },
});

type Intent = ReturnType<typeof intentOf>;

/**
 * The intent to write, and the problem with which the limits reject it.
 * @throws ProblemError for what can never be done
 */
async function judge(flow: Flow, context: OperationContext<Input, Services>) {
  const { services, input: given, caller } = context;
  checkText(given);
  const payer = await payerOf(flow, caller.tenant, { ...given, orDefault: given.confirm });
  const name = (payer?.customer.provider as ProviderName | undefined) ?? given.provider;
  const provider = await services.provider(name ?? services.config.defaultProvider);
  const range = chargeRange(provider, given.currency, services.config.limits);
  const amountMinor = checked(given, provider, payer, range);
  checkTime(flow);
  const intent = intentOf(flow, context, { provider, payer, amountMinor });
  const limits = reservationsOf(services.config.limits, intent.payment);
  return { intent, limits, forbidden: forbiddenBy(services.config, intent.payment, limits, range) };
}

async function begin(
  flow: Flow,
  context: OperationContext<Input, Services>,
  intent: Intent,
  limits: readonly LimitReservation[],
): Promise<Reply<schema.PaymentView>> {
  const change = firstChange(intent.payment, limits, changeContext(flow));
  const result = await beginOperation(flow, claimOf(flow, context), change, intent.operation);
  switch (result.kind) {
    case 'ended':
    case 'replayed':
      return replyTo(result, paymentAnswer(flow));
    case 'order-taken':
      throw problem('order-reference-in-use', { extensions: { paymentId: result.paymentId } });
    case 'limit-reached': {
      const reached = limitReached(limits, result);
      await publishLimitExceeded(flow, intent.payment, reached);
      throw reached;
    }
    case 'stale':
    case 'duplicate':
      throw new Error('The id of a new payment is in use');
  }
}

/** The checks that need no write. */
function checked(
  given: Input,
  provider: PaymentProvider,
  payer: Payer | undefined,
  range: AmountRange,
): number {
  const { confirm, paymentMethodId = payer?.methodRef } = given;
  if (confirm && paymentMethodId === undefined) {
    throw problem('invalid-request', { detail: 'confirm needs a paymentMethodId.' });
  }
  const { confirmOnServer, savedMethods } = provider.capabilities;
  const possible = confirmOnServer || (savedMethods && payer?.saved === true);
  if ((confirm || paymentMethodId !== undefined) && !possible) {
    const detail = 'The payer chooses how to pay at the provider: leave out confirm and paymentMethodId.';
    throw problem('capability-unsupported', { detail, extensions: { provider: provider.name } });
  }
  const bounds = provider.amountBounds(given.currency);
  const amountMinor = readAmount(given, given.currency, provider, range, bounds.maxMinor);
  if (amountMinor === undefined) throw problem('invalid-request', { detail: 'Give amount or amountMinor.' });
  return amountMinor;
}

/** The parts of a payment that the caller does not give. */
interface Terms {
  readonly provider: PaymentProvider;
  readonly payer: Payer | undefined;
  readonly amountMinor: number;
}

function intentOf(
  flow: Flow,
  { input: given, caller, services }: OperationContext<Input, Services>,
  { provider, payer, amountMinor }: Terms,
): { readonly payment: Payment; readonly operation: PaymentOperation } {
  const paymentId = services.newId('pay');
  const id = services.newId('op');
  const createdAt = services.now().toISOString();
  const { confirm, returnUrl, orderReference, description } = given;
  const paymentMethodId = payer?.methodRef ?? given.paymentMethodId;
  // A saved method is confirmed off-session when the payer has no URL to return to.
  const offSession = payer?.saved === true && confirm && returnUrl === undefined;
  const customerRef = payer?.customer.ref;
  const request = { customerRef, paymentMethodId, confirm, returnUrl, ...(offSession && { offSession }) };
  const { operation, active } = newOperation(flow, { id, paymentId, kind: 'create', request });
  const payment: Payment = withUses(services.config.limits, {
    id: paymentId,
    deployment: services.deployment,
    tenant: caller.tenant,
    provider: provider.name,
    livemode: provider.livemode,
    ...initialPaymentState,
    amountMinor,
    currency: given.currency,
    captureMethod: given.captureMethod,
    orderReference,
    customerId: payer?.customer.id,
    description,
    returnUrl,
    metadata: given.metadata ?? {},
    ...active,
    version: 1,
    seq: 0,
    createdAt,
    updatedAt: createdAt,
  });
  return { payment: withNextCheck(payment, services.now()), operation };
}
