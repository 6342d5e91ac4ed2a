import * as z from 'zod/mini';
import { checkText, checkTime, findCustomer } from '../api/checks.ts';
import { apiOperation } from '../api/operation.ts';
import * as schema from '../api/schemas.ts';
import { flowOf } from '../engine/flow.ts';
import { claimOf } from '../engine/idempotency.ts';
import { isId } from '../engine/model/ids.ts';
import { type Decision, beginNext, runCommand, settleOpen, unchanged } from '../engine/run-command.ts';
import { problem } from '../errors.ts';
import { disabled } from '../limits/rules.ts';
import type { ProviderName } from '../providers/provider-call.ts';
import type { Flow } from '../services.ts';
import { readyCustomer } from './customer-commands.ts';
import { methodSchema } from './customer-schema.ts';
import { latestMethodCommand, methodAnswer, methodAttachment } from './method-commands.ts';
import type { Customer, PaymentMethod } from './model/customer.ts';
import { findMethod, newMethod } from './repositories.ts';

const input = z.strictObject({
  id: schema.customerId,
  /** The provider's token; left out where the payer first approves a method at the provider. */
  paymentMethodId: z.optional(schema.methodToken),
  returnUrl: z.optional(schema.returnUrl),
  /** Whether it becomes the default method. */
  default: z.optional(z.boolean()),
});
type Input = z.infer<typeof input>;

export const attachPaymentMethod = apiOperation({
  summary: 'Attaches a payment method to a customer',
  description:
    'With PayPal and without a token the payer has to approve the method first, at nextAction.url; repeating the call ' +
    'with that method then completes it.',
  input,
  output: methodSchema,
  successStatus: 201,
  idempotency: 'key',
  async run(context) {
    const { services, input: given } = context;
    const flow = flowOf(context);
    const claim = claimOf(flow, context);
    const call = { commandOf: methodAttachment, answering: methodAnswer, claim };
    return runCommand(flow, call, async () => {
      checkText({ ...given, metadata: undefined });
      const found = await findCustomer(context, given.id);
      const name = found.provider as ProviderName;
      await services.provider(name);
      checkTime(flow);
      const customer = await readyCustomer(flow, found);
      const known = await knownMethod(flow, customer, given);
      if (known !== undefined) {
        // An existing method needs no write, so no transaction would detect a used key.
        const record = claim && (await services.store.record(claim));
        if (record) return { kind: 'known', record };
        const state = { root: customer, parts: [known] };
        if (known.status === 'active') return unchanged(state);
        const open = await settleOpen(flow, latestMethodCommand(flow, known), state, 'attach');
        if (open !== undefined) return open;
      }
      const forbidden = disabled(services.config, name);
      if (forbidden !== undefined) throw forbidden;
      return known?.status === 'requires_action'
        ? attachApproved(flow, customer, known, given)
        : attachNew(flow, customer, given);
    });
  },
});

/** The payment method that already exists for the token, if it belongs to this customer. */
async function knownMethod(
  flow: Flow,
  customer: Customer,
  { paymentMethodId: token }: Input,
): Promise<PaymentMethod | undefined> {
  const known = token === undefined ? undefined : await findMethod(flow, customer, token);
  if (known === undefined && isId('pm', token)) throw problem('payment-method-not-found');
  return known;
}

function attachNew(flow: Flow, root: Customer, given: Input): Decision<Customer, PaymentMethod> {
  const { paymentMethodId: token, returnUrl, default: makeDefault = false } = given;
  if (isId('pm', token)) throw problem('invalid-state');
  const method = newMethod(flow, root.id, { token, returnUrl, makeDefault });
  const before = { root, parts: [] };
  return { kind: 'begin', before, next: { root, parts: [method] }, operationId: method.id };
}

/** A new attempt after the payer's approval: the approved setup token is the token now. */
function attachApproved(
  flow: Flow,
  root: Customer,
  method: PaymentMethod,
  { default: makeDefault = method.makeDefault }: Input,
): Decision<Customer, PaymentMethod> {
  const spec = methodAttachment(flow, root.id, method.id);
  const next = { root, parts: [{ ...method, token: method.ref, makeDefault }] };
  return beginNext(flow, spec, 'attach', { root, parts: [method] }, next);
}
