import { begin, repeat } from '../engine/execute.ts';
import { replyTo } from '../engine/reply.ts';
import { paymentAnswer } from './payment-answer.ts';
import { intentOf, newOperation } from './new-operation.ts';
import { type PaymentResult, openOperation } from './payment-operation.ts';
import { type OperationContext, operation } from '#runtime/contract/operation.ts';
import type { ProblemError } from '#runtime/contract/errors.ts';
import * as z from 'zod/mini';
import type { AmountRange } from '../money/amount-range.ts';
import { firstChange } from './model/change.ts';
import { withNextCheck } from '../reconciliation/model/payment-checks.ts';
import { type LimitReservation, reservationsOf, withUses } from '../limits/model/limits.ts';
import { type PaymentOperation, type Payment, initialPaymentState } from './model/payment.ts';
import { paymentErrors, problem, unsupported } from '../errors.ts';
import { chargeRange } from './charge-range.ts';
import { changeContext, flowOf } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { claimOf } from '../engine/idempotency.ts';
import { validateOrReplay } from '../engine/validate-or-replay.ts';
import { type Payer, payerOf } from '../customers/payer.ts';
import type { PaymentProvider } from '../providers/provider.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import type { IdempotencyClaim } from '../store/idempotency.ts';
import * as schema from '../api/schemas.ts';
import { readAmount } from './amounts.ts';
import { noteInSpan } from './payment-span.ts';
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

export const createPayment = operation<Input, schema.PaymentView, Services>({
  summary: 'Creates a payment',
  description: 'Records the intent, then calls the provider. 202 means that the outcome is not known yet.',
  input,
  output: schema.paymentSchema,
  successStatus: 201,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    let judged: Payment | undefined;
    return validateOrReplay(flow, claim, {
      async validate() {
        const { forbidden, ...accepted } = await judge(flow, context);
        judged = accepted.payment;
        if (forbidden !== undefined) throw forbidden;
        return async () => replyTo(await begun(flow, claim, accepted), paymentAnswer(flow));
      },
      replay: async (known, record) =>
        replyTo(await repeat(flow, known, record, openOperation(flow)), paymentAnswer(flow)),
      onRejected: async (refusal) => judged && publishLimitExceeded(flow, judged, refusal),
    });
  },
});

/** A new payment with its operation, and what it reserves of the limits of its day. */
interface NewPayment {
  readonly payment: Payment;
  readonly operation: PaymentOperation;
  readonly limits: readonly LimitReservation[];
}

/**
 * The payment to write, and the problem with which the limits reject it.
 * @throws ProblemError for what can never be done
 */
async function judge(
  flow: Flow,
  context: OperationContext<Input, Services>,
): Promise<NewPayment & { readonly forbidden: ProblemError | undefined }> {
  const { services, input: given, caller } = context;
  checkText(given);
  const payer = await payerOf(flow, caller.tenant, { ...given, orDefault: given.confirm });
  const name = (payer?.customer.provider as ProviderName | undefined) ?? given.provider;
  const provider = await services.provider(name ?? services.config.defaultProvider);
  const range = chargeRange(provider, given.currency, services.config.limits);
  const amountMinor = checked(given, provider, payer, range);
  checkTime(flow);
  const made = newPayment(flow, context, { provider, payer, amountMinor });
  const limits = reservationsOf(services.config.limits, made.payment);
  return { ...made, limits, forbidden: forbiddenBy(services.config, made.payment, limits, range) };
}

async function begun(
  flow: Flow,
  claim: IdempotencyClaim | undefined,
  { payment, operation: first, limits }: NewPayment,
): Promise<PaymentResult> {
  const change = firstChange(payment, limits, changeContext(flow));
  noteInSpan(flow, payment);
  const result = await begin(flow, claim, intentOf(flow, change, first));
  switch (result.kind) {
    case 'ended':
    case 'replayed':
      return result;
    case 'order-taken':
      throw problem('order-reference-in-use', { extensions: { paymentId: result.paymentId } });
    case 'limit-reached': {
      const reached = limitReached(limits, result);
      await publishLimitExceeded(flow, payment, reached);
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
    throw unsupported(provider.name, { detail });
  }
  const bounds = provider.amountBounds(given.currency);
  const amountMinor = readAmount(given, given.currency, provider, range, bounds.maxMinor);
  if (amountMinor === undefined) throw problem('invalid-request', { detail: 'Give amount or amountMinor.' });
  return amountMinor;
}

function newPayment(
  flow: Flow,
  { input: given, caller, services }: OperationContext<Input, Services>,
  {
    provider,
    payer,
    amountMinor,
  }: { readonly provider: PaymentProvider; readonly payer: Payer | undefined; readonly amountMinor: number },
): Omit<NewPayment, 'limits'> {
  const paymentId = services.newId('pay');
  const id = services.newId('op');
  const createdAt = services.now().toISOString();
  const { confirm, returnUrl, orderReference, description } = given;
  const paymentMethodId = payer?.methodRef ?? given.paymentMethodId;
  // A saved method is confirmed off-session when the payer has no URL to return to.
  const offSession = payer?.saved === true && confirm && returnUrl === undefined;
  const customerRef = payer?.customer.ref;
  const request = { customerRef, paymentMethodId, confirm, returnUrl, ...(offSession && { offSession }) };
  const { operation: first, active } = newOperation(flow, { id, paymentId, kind: 'create', request });
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
  return { payment: withNextCheck(payment, services.now()), operation: first };
}
