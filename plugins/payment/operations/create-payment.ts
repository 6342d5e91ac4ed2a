import { type OperationContext, operation } from '#runtime/contract/operation.ts';
import * as z from 'zod/mini';
import { holdsCardNumber } from '../domain/card-data.ts';
import { firstLog } from '../domain/change.ts';
import { planned } from '../domain/due.ts';
import { reservationsOf, withUses } from '../domain/limits.ts';
import { type Operation, type Payment, providerKeyOf } from '../domain/payment.ts';
import { paymentErrors, problem } from '../errors.ts';
import { type Flow, changeContext, flowOf, lockUntil, providerBudgetMs } from '../flows/flow.ts';
import { claimOf, repeat } from '../flows/idempotency.ts';
import { repeatedReply, replyOf } from '../flows/reply.ts';
import { send } from '../flows/send.ts';
import { ORDER_REFERENCE_KEY, PAYMENT_ID_KEY, type PaymentProvider } from '../providers/provider.ts';
import type { Services } from '../services.ts';
import * as schema from '../views/schemas.ts';

import { readAmount } from './amounts.ts';
import { forbiddenBy, limitReached, tellLimit } from './rules.ts';

const input = z.strictObject({
  amount: z.optional(schema.amount),
  amountMinor: z.optional(schema.amountMinor),
  currency: schema.currency,
  provider: z.optional(schema.providerName),
  captureMethod: z.optional(z.enum(['automatic', 'manual'])),
  paymentMethodId: z.optional(schema.paymentMethodId),
  confirm: z.optional(z.boolean()),
  orderReference: z.optional(schema.orderReference),
  description: z.optional(schema.description),
  returnUrl: z.optional(schema.returnUrl),
  metadata: z.optional(schema.metadata),
});
type Input = z.infer<typeof input>;

export const createPayment = operation<Input, schema.PaymentView, Services>({
  summary: 'Creates a payment',
  description: 'Writes the intent down, then asks the provider. 202 means that the outcome is not known yet.',
  input,
  output: schema.paymentSchema,
  successStatus: 201,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const { services } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const provider = await services.provider(context.input.provider ?? services.config.defaultProvider);
    const amountMinor = checked(context.input, provider);
    if (providerBudgetMs(flow) === undefined) throw problem('provider-unavailable');

    const intent = intentOf(flow, context, provider, amountMinor);
    const limits = reservationsOf(services.config.limits, intent.payment);
    const forbidden = forbiddenBy(services.config, intent.payment, limits);
    if (forbidden !== undefined) {
      // What was begun under this key before a rule changed still gets its answer.
      const record = claim && (await services.store.record(claim));
      if (claim === undefined || record === undefined) {
        await tellLimit(flow, intent.payment, forbidden);
        throw forbidden;
      }
      return repeatedReply(await repeat(flow, claim, record));
    }
    const log = firstLog(intent.payment, changeContext(flow));
    const claimed = await services.store.begin({ ...intent, log, limits, idempotency: claim });
    switch (claimed.kind) {
      case 'claimed': {
        const key = claim && { tenant: claim.tenant, subject: claim.subject, key: claim.key };
        return replyOf(await send(flow, { ...intent, key }));
      }
      case 'key-taken':
        if (claim === undefined) throw new TypeError('Only a call with a key can find it taken');
        return repeatedReply(await repeat(flow, claim, claimed.record));
      case 'order-taken':
        throw problem('order-reference-in-use', { extensions: { paymentId: claimed.paymentId } });
      case 'limit-reached': {
        const reached = limitReached(limits, claimed);
        await tellLimit(flow, intent.payment, reached);
        throw reached;
      }
      case 'stale':
        throw new Error('The id of a new payment is in use');
    }
  },
});

/** All that can be refused without writing anything. */
function checked(given: Input, provider: PaymentProvider): number {
  if (holdsCardNumber(given)) throw problem('card-data-refused');
  const { metadata = {}, confirm, paymentMethodId } = given;
  if (PAYMENT_ID_KEY in metadata || ORDER_REFERENCE_KEY in metadata) {
    const detail = `The metadata keys ${PAYMENT_ID_KEY} and ${ORDER_REFERENCE_KEY} are reserved.`;
    throw problem('invalid-request', { detail });
  }
  if (confirm === true && paymentMethodId === undefined) {
    throw problem('invalid-request', { detail: 'confirm needs a paymentMethodId.' });
  }
  if ((confirm === true || paymentMethodId !== undefined) && !provider.capabilities.confirmOnServer) {
    const detail = 'The payer chooses how to pay at the provider: leave out confirm and paymentMethodId.';
    throw problem('capability-unsupported', { detail, extensions: { provider: provider.name } });
  }
  const amountMinor = readAmount(given, given.currency, provider);
  if (amountMinor === undefined) throw problem('invalid-request', { detail: 'Give amount or amountMinor.' });
  return amountMinor;
}

function intentOf(
  flow: Flow,
  { input: given, caller, services }: OperationContext<Input, Services>,
  provider: PaymentProvider,
  amountMinor: number,
): { readonly payment: Payment; readonly operation: Operation } {
  const paymentId = services.newId('pay');
  const id = services.newId('op');
  const createdAt = services.now().toISOString();
  const { paymentMethodId, confirm, returnUrl, orderReference, description } = given;
  const payment: Payment = withUses(services.config.limits, {
    id: paymentId,
    tenant: caller.tenant,
    provider: provider.name,
    livemode: provider.livemode,
    status: 'initiating',
    amountMinor,
    currency: given.currency.toLowerCase(),
    captureMethod: given.captureMethod ?? 'automatic',
    authorizedMinor: 0,
    capturableMinor: 0,
    capturedMinor: 0,
    refundableMinor: 0,
    refundPendingMinor: 0,
    refundedMinor: 0,
    lostMinor: 0,
    attempts: 0,
    flags: [],
    orderReference,
    description,
    metadata: given.metadata ?? {},
    operation: { id, kind: 'create', status: 'requested' },
    activeOp: { id, kind: 'create', lockUntil: lockUntil(flow) },
    version: 1,
    seq: 0,
    createdAt,
    updatedAt: createdAt,
  });
  const request = { paymentMethodId, confirm, returnUrl };
  const providerKey = providerKeyOf(services.stage, id, 'create', 1);
  return {
    payment: planned(payment, services.now()),
    operation: {
      id,
      paymentId,
      kind: 'create',
      status: 'requested',
      providerKey,
      attempt: 1,
      request,
      createdAt,
    },
  };
}
