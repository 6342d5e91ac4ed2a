import { type OperationContext, operation } from '#runtime/contract/operation.ts';
import { ok, type Reply } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import type { Customer, PaymentMethod } from './model/customer.ts';
import { isId } from '../engine/model/ids.ts';
import { paymentErrors, problem } from '../errors.ts';
import { TRIES_MAX, backOff } from '../engine/aggregate.ts';
import { aggregateReply } from '../engine/aggregate-reply.ts';
import { newCall } from '../engine/new-command.ts';
import { flowOf } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { claimOf } from '../engine/idempotency.ts';
import { unlessKnown } from '../engine/known-key.ts';
import { type Attached, methodAttachment } from './payment-method.ts';
import { readyCustomer } from './ready-customer.ts';
import { repeatCall, settleCall, undertake } from '../engine/undertake.ts';
import type { Begun } from '../engine/undertaking.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import type { IdempotencyClaim, IdempotencyRecord } from '../store/idempotency.ts';
import { type MethodView, methodSchema, methodView } from './customer-view.ts';
import * as schema from '../api/schemas.ts';
import { checkText, checkTime, findCustomer } from '../api/checks.ts';
import { disabled } from '../limits/rules.ts';

const input = z.strictObject({
  id: schema.customerId,
  /** The provider's token; left out where the payer is sent to the provider to approve a method. */
  paymentMethodId: z.optional(schema.methodToken),
  returnUrl: z.optional(schema.returnUrl),
  /** Whether payments and subscriptions that name no method use it from now on. */
  default: z.optional(z.boolean()),
});
type Input = z.infer<typeof input>;

export const attachPaymentMethod = operation<Input, MethodView, Services>({
  summary: 'Saves a payment method of a customer',
  description:
    'With PayPal and without a token the payer has to approve first, at nextAction.url: the same call with that ' +
    'method then completes it.',
  input,
  output: methodSchema,
  successStatus: 201,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const { services, input: given } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const it = (id: string, methodId: string) => methodAttachment(flow, id, methodId);
    const replyTo = (begun: Begun<Customer, PaymentMethod, Attached>, methodId: string) =>
      aggregateReply(it(given.id, methodId), begun, {
        pathOf: (view: MethodView) => `/customers/${view.customerId}/payment-methods`,
      });
    const repeat = async (known: IdempotencyClaim, record: IdempotencyRecord) =>
      replyTo(await repeatCall(flow, known, record, it), record.operationId);
    const begin = async (customer: Customer, approved: PaymentMethod | undefined) => {
      const method = approved ? again(flow, approved, given) : fresh(flow, given);
      const begun = await undertake(flow, claim, it, {
        before: { root: customer, parts: approved ? [approved] : [] },
        next: { root: customer, parts: [method] },
        operationId: method.id,
        forbidden: disabled(services.config, customer.provider as ProviderName),
      });
      return begun === 'stale' ? begun : replyTo(begun, method.id);
    };
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const reply = await unlessKnown<Reply<MethodView> | 'stale'>(flow, claim, {
        async judge() {
          checkText({ ...given, metadata: undefined });
          const found = await findCustomer(context, given.id);
          await services.provider(found.provider as ProviderName);
          checkTime(flow);
          const customer = await readyCustomer(flow, found);
          const known = await knownMethod(context, customer);
          // A method that is there needs no write, so nothing else would find the key taken.
          const record = claim && known && (await services.store.record(claim));
          if (claim && record) return () => repeat(claim, record);
          if (known?.status === 'active') return async () => ok(methodView(customer, known));
          if (known !== undefined && isOpen(known.call)) {
            const state = { root: customer, parts: [known] };
            const settled = await settleCall(flow, it(customer.id, known.id), state);
            return async () =>
              settled.status === 202 ? replyTo({ kind: 'ended', ...settled }, known.id) : 'stale';
          }
          return () => begin(customer, known?.status === 'requires_action' ? known : undefined);
        },
        repeat,
      });
      if (reply !== 'stale') return reply;
      await backOff(tries);
    }
    throw problem('contention');
  },
});

/** The method that the token stands for already, if it is one of this customer. */
async function knownMethod(
  { services: { customers }, input: { paymentMethodId: token } }: OperationContext<Input, Services>,
  { id, provider }: Customer,
): Promise<PaymentMethod | undefined> {
  if (token === undefined) return undefined;
  if (isId('pm', token)) {
    const { part } = await customers.load(id, token);
    if (part === undefined) throw problem('payment-method-not-found');
    return part;
  }
  const found = await customers.findByRef(provider, token);
  if (found?.partId === undefined || found.id !== id) return undefined;
  return (await customers.load(id, found.partId)).part;
}

function fresh(flow: Flow, given: Input): PaymentMethod {
  if (isId('pm', given.paymentMethodId)) throw problem('invalid-state');
  const id = flow.services.newId('pm');
  const createdAt = flow.services.now().toISOString();
  return {
    id,
    customerId: given.id,
    status: 'initiating',
    token: given.paymentMethodId,
    returnUrl: given.returnUrl,
    makeDefault: given.default ?? false,
    call: newCall(flow, 'attach', id),
    version: 0,
    createdAt,
    updatedAt: createdAt,
  };
}

/** The payer has approved meanwhile, as the caller says: what they approved is the token now. */
const again = (flow: Flow, method: PaymentMethod, given: Input): PaymentMethod => ({
  ...method,
  token: method.ref,
  makeDefault: given.default ?? method.makeDefault,
  call: newCall(flow, 'attach', method.id, method.call.attempt + 1),
});
