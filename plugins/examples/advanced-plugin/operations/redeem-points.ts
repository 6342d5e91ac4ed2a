import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { remoteOperation } from '#runtime/calls/remote-operation.ts';
import { type Idempotency, operation, type OperationContext } from '#runtime/contract/operation.ts';
import { created } from '#runtime/contract/reply.ts';
import { loyaltyErrors, problem } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Redemption } from '../store/items.ts';

const input = z.strictObject({
  points: z.int().check(z.gte(1), z.lte(1_000_000)),
  paymentId: z.string().check(z.minLength(1), z.maxLength(64)),
});

export const redemption = z.object({
  id: z.string(),
  points: z.int(),
  paymentId: z.string(),
  voucher: z.string(),
});
redemption.register(z.globalRegistry, { id: 'Redemption' });

/** What this plugin sends to the payment plugin, and reads of its answer. */
const getPayment = remoteOperation({
  plugin: 'payment',
  operation: 'getPayment',
  input: z.strictObject({ id: z.string() }),
  output: z.object({ id: z.string(), status: z.string() }),
});

type Context = OperationContext<z.output<typeof input>, Services>;

export const redeemPoints = operation({
  summary: 'Redeems points for a voucher on a payment that succeeded',
  input,
  output: redemption,
  successStatus: 201,
  errors: loyaltyErrors,
  idempotency: 'key',
  async run(context: Context) {
    const { input: wanted, caller, services, idempotency } = context;
    const { points, vouchers, plugins } = services;
    if (!vouchers.isEnabled) throw problem('redemption-disabled');
    const id = idOf(idempotency);
    const before = await points.redemption(caller.tenant, id);
    if (before) return replayed(before, idempotency, services);
    // For the user who redeems: a payment of somebody else is not found there.
    const { body: payment } = await plugins.call(getPayment, { id: wanted.paymentId }, context);
    if (payment.status !== 'succeeded') {
      throw problem('payment-not-eligible', { detail: `The payment is ${payment.status}, not succeeded.` });
    }
    const outcome = await points.redeem(caller.tenant, {
      id,
      ...wanted,
      fingerprint: idempotency?.fingerprint,
    });
    if (outcome === 'insufficient') throw problem('points-insufficient');
    if (outcome === 'conflict') throw problem('redemption-conflict');
    return created({ id, ...wanted, voucher: vouchers.codeFor(id) });
  },
});

/** Derived from the client's key, so that a repeated request finds what the first one has done. */
const idOf = (idempotency: Idempotency | undefined): string =>
  `rdm_${idempotency ? createHash('sha256').update(idempotency.key).digest('hex').slice(0, 32) : randomUUID()}`;

function replayed(
  { id, points, paymentId, fingerprint }: Redemption,
  idempotency: Idempotency | undefined,
  { vouchers }: Services,
) {
  if (fingerprint !== idempotency?.fingerprint) throw problem('idempotency-key-reused');
  const body = { id, points, paymentId, voucher: vouchers.codeFor(id) };
  return created(body, { 'idempotent-replayed': 'true' });
}
