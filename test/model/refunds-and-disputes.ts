import { expect } from 'vitest';
import type { Action } from './actions.ts';
import { type Model, type Seen, call, newKey, text } from './calls.ts';
import { at, intentOf } from './targets.ts';
import type { SystemUnderTest } from './system-under-test.ts';

type Of<K extends Action['kind']> = Extract<Action, { readonly kind: K }>;
const DISTURBED = [202, 409, 502, 503];

/** Mostly a payment with money to give back, now and then any. */
async function target(system: SystemUnderTest, model: Model, pick: number): Promise<string | undefined> {
  const paid = (await system.intents())
    .filter(({ amount_received: received }) => received > 0)
    .flatMap(({ metadata }) => metadata['payment_id'] ?? [])
    .filter((id) => model.payments.includes(id));
  return pick % 5 === 0 ? at(model.payments, pick) : (at(paid, pick) ?? at(model.payments, pick));
}

/** A client makes a refund. When nothing else is going on, the answer is certain. */
export async function refund(
  system: SystemUnderTest,
  model: Model,
  { pick, keyed, part }: Of<'refund'>,
  seen: Seen,
  quiet: boolean,
): Promise<void> {
  const id = await target(system, model, pick);
  if (id === undefined) return;
  const before = quiet ? await foreseen(system, id) : undefined;
  const input = { id, ...(part !== null && { amountMinor: part }) };
  const key = keyed ? newKey(model) : undefined;
  const answer = await call(system, model, { operation: 'createRefund', input, key }, seen);
  expect([201, 409, 422, ...(quiet ? [502] : DISTURBED)], text(answer)).toContain(answer.status);
  if (before === undefined) return;
  const wanted = part ?? before.roomMinor;
  const fits = wanted > 0 && wanted <= before.roomMinor;
  expect(answer.status, text(answer)).toBe(before.capturedMinor === 0 ? 409 : fits ? 201 : 422);
}

/** What is certain of a payment that has no dispute, and of whose refunds we know all. */
async function foreseen(system: SystemUnderTest, id: string) {
  const [payment, intent] = [await system.record(id), await intentOf(system, id)];
  if (payment === undefined || intent === undefined || payment.activeOp !== undefined) return undefined;
  const disputed = (await system.disputes()).some(({ payment_intent: of }) => of === intent.id);
  const given = (await system.refunds())
    .filter(({ payment_intent: of, status }) => of === intent.id && status !== 'failed')
    .reduce((sum, { amount }) => sum + amount, 0);
  const { capturedMinor, refundableMinor: roomMinor, flags } = payment;
  const known = capturedMinor === intent.amount_received && roomMinor === intent.amount_received - given;
  return known && !disputed && flags.length === 0 ? { capturedMinor, roomMinor } : undefined;
}

/** What the provider's other users do. */
export async function happenElsewhere(
  system: SystemUnderTest,
  action: Of<'refundElsewhere' | 'dispute' | 'closeDispute'>,
): Promise<void> {
  if (action.kind === 'closeDispute') {
    const open = (await system.disputes()).filter(({ status }) => !['won', 'lost'].includes(status));
    const dispute = at(open, action.pick);
    if (dispute !== undefined) await system.closeDispute(dispute.id, action.outcome);
    return;
  }
  const paid = (await system.intents()).filter(({ amount_received: received }) => received > 0);
  const intent = at(paid, action.pick);
  if (intent === undefined) return;
  if (action.kind === 'refundElsewhere') await system.refundElsewhere(intent.id, action.part);
  else await system.dispute(intent.id).catch(() => undefined);
}

export async function reconcile(system: SystemUnderTest, seen: Seen, quiet: boolean): Promise<void> {
  await system.reconcile();
  if (quiet) seen.set('reconciled', (seen.get('reconciled') ?? 0) + 1);
}
