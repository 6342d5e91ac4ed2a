import { beginCommand, repeatCommand, settleCommand } from '../engine/command.ts';
import { replyTo } from '../engine/reply.ts';
import { untilWritten } from '../engine/update.ts';
import { type OperationContext, operation } from '#runtime/contract/operation.ts';
import { ok, type Reply } from '#runtime/contract/reply.ts';
import * as z from 'zod/mini';
import { isOpen } from '../engine/model/provider-command.ts';
import type { Customer, PaymentMethod } from './model/customer.ts';
import { isId } from '../engine/model/ids.ts';
import { paymentErrors, problem } from '../errors.ts';
import { newCommand } from '../engine/new-command.ts';
import { flowOf } from '../engine/flow.ts';
import { type Flow } from '../services.ts';
import { claimOf } from '../engine/idempotency.ts';
import { validateOrReplay } from '../engine/validate-or-replay.ts';
import { methodAnswer, methodAttachment } from './payment-method.ts';
import { readyCustomer } from './ready-customer.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Services } from '../services.ts';
import type { IdempotencyClaim, IdempotencyRecord } from '../store/idempotency.ts';
import { type MethodView, methodSchema, methodView } from './customer-view.ts';
import * as schema from '../api/schemas.ts';
import { checkText, checkTime, findCustomer } from '../api/checks.ts';
import { disabled } from '../limits/rules.ts';

const input = z.strictObject({
  id: schema.customerId,
  /** The provider's token; left out where the payer first approves a method at the provider. */
  paymentMethodId: z.optional(schema.methodToken),
  returnUrl: z.optional(schema.returnUrl),
  /** Whether it becomes the default method. */
  default: z.optional(z.boolean()),
});
type Input = z.infer<typeof input>;

export const attachPaymentMethod = operation<Input, MethodView, Services>({
  summary: 'Attaches a payment method to a customer',
  description:
    'With PayPal and without a token the payer has to approve the method first, at nextAction.url; repeating the call ' +
    'with that method then completes it.',
  input,
  output: methodSchema,
  successStatus: 201,
  errors: paymentErrors,
  idempotency: 'key',
  async run(context) {
    const { services, input: given } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const commandOf = (id: string, methodId: string) => methodAttachment(flow, id, methodId);
    const replay = async (known: IdempotencyClaim, record: IdempotencyRecord) =>
      replyTo(await repeatCommand(flow, known, record, commandOf), methodAnswer);
    const begin = async (customer: Customer, approved: PaymentMethod | undefined) => {
      const method = approved ? again(flow, approved, given) : fresh(flow, given);
      const result = await beginCommand(flow, claim, commandOf, {
        before: { root: customer, parts: approved ? [approved] : [] },
        next: { root: customer, parts: [method] },
        operationId: method.id,
      });
      return result === 'stale' ? result : replyTo(result, methodAnswer);
    };
    return untilWritten(() =>
      validateOrReplay<Reply<MethodView> | 'stale'>(flow, claim, {
        async validate() {
          checkText({ ...given, metadata: undefined });
          const found = await findCustomer(context, given.id);
          await services.provider(found.provider as ProviderName);
          checkTime(flow);
          const customer = await readyCustomer(flow, found);
          const known = await knownMethod(context, customer);
          // An existing method needs no write, so no transaction would detect a used key.
          const record = claim && known && (await services.store.record(claim));
          if (claim && record) return () => replay(claim, record);
          if (known?.status === 'active') return async () => ok(methodView(customer, known));
          if (known !== undefined && isOpen(known.call)) {
            const state = { root: customer, parts: [known] };
            const settled = await settleCommand(flow, commandOf(customer.id, known.id), state);
            return async () => (settled.status === 202 ? replyTo(settled, methodAnswer) : 'stale');
          }
          const forbidden = disabled(services.config, customer.provider as ProviderName);
          if (forbidden !== undefined) throw forbidden;
          return () => begin(customer, known?.status === 'requires_action' ? known : undefined);
        },
        replay,
      }),
    );
  },
});

/** The payment method that already exists for the token, if it belongs to this customer. */
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
    call: newCommand(flow, 'attach', id),
    version: 0,
    createdAt,
    updatedAt: createdAt,
  };
}

/** A new attempt after the payer's approval: the approved setup token is the token now. */
const again = (flow: Flow, method: PaymentMethod, given: Input): PaymentMethod => ({
  ...method,
  token: method.ref,
  makeDefault: given.default ?? method.makeDefault,
  call: newCommand(flow, 'attach', method.id, method.call.attempt + 1),
});
