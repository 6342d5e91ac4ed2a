import { expect } from 'vitest';
import { type Payment, unwrittenEntry } from '../../plugins/payment/payments/model/payment.ts';
import { STATUS_OF_EVENT, STATUS_OF_INTENT, type Status, isLate, isMove } from './rules.ts';
import type { Intent, ProviderRefund } from './provider-objects.ts';
import type { SystemUnderTest } from './system-under-test.ts';

interface LogItem {
  readonly version: number;
  readonly from: Status | null;
  readonly to: Status;
  readonly delta: { readonly capturedMinor?: number; readonly authorizedMinor?: number };
}

interface OutboxItem {
  readonly SK: string;
  readonly events: readonly {
    readonly id: string;
    readonly type: string;
    readonly sequence: number;
    readonly aggregate: { readonly id: string };
  }[];
}

/** That a record says what the provider has. @throws AssertionError */
export function expectAgreement(payment: Payment, intent: Intent | undefined): void {
  const { id, status, providerRef, amountMinor, capturedMinor, capturableMinor, flags } = payment;
  const ours = { id, status, providerRef, amountMinor, capturedMinor, capturableMinor, flags };
  if (status === 'failed') {
    // A create that failed keeps no money, whether it reached the provider and was declined, or never did.
    expect(intent?.amount_received ?? 0, `money behind ${id}`).toBe(0);
    expect(intent?.amount_capturable ?? 0, `held money behind ${id}`).toBe(0);
    expect(ours).toMatchObject({ capturedMinor: 0, capturableMinor: 0, flags: [] });
    return;
  }
  expect(ours).toEqual({
    id,
    status: STATUS_OF_INTENT[intent?.status ?? 'none'],
    providerRef: intent?.id,
    amountMinor: intent?.amount,
    capturedMinor: intent?.amount_received,
    capturableMinor: intent?.amount_capturable,
    flags: [],
  });
}

/**
 * That the room for refunds is what was captured without what is back, on its way and lost, and that the provider has
 * given back exactly that. @throws AssertionError
 */
export async function expectRoom(
  system: SystemUnderTest,
  payment: Payment,
  refunds: readonly ProviderRefund[],
): Promise<void> {
  const { id, capturedMinor, refundableMinor, refundPendingMinor, refundedMinor, lostMinor } = payment;
  const used = refundPendingMinor + refundedMinor + lostMinor;
  expect(refundableMinor, `room of ${id}`).toBe(Math.max(0, capturedMinor - used));
  const theirs = refunds.filter((refund) => refund.payment_intent === payment.providerRef);
  const sumOf = (status: string) =>
    theirs.filter((refund) => refund.status === status).reduce((sum, { amount }) => sum + amount, 0);
  expect({ refundedMinor, refundPendingMinor }, `refunds of ${id}`).toEqual({
    refundedMinor: sumOf('succeeded'),
    refundPendingMinor: sumOf('pending'),
  });
  const ours = theirs.flatMap(({ metadata }) => metadata['refund_id'] ?? []);
  expect(ours.length, `refunds of ${id} made once each`).toBe(new Set(ours).size);
  const stored = (await system.items(id, 'RFD#')) as unknown as { status: string; origin: string }[];
  expect(stored.filter(({ status }) => status === 'requested' || status === 'in_doubt')).toEqual([]);
}

/** That log, outbox and payment tell one story without gaps. @throws AssertionError */
export async function expectHistory(system: SystemUnderTest, payment: Payment): Promise<void> {
  const stored = (await system.items(payment.id, 'LOG#')) as unknown as (LogItem & { first?: LogItem })[];
  const written = stored.flatMap((item) => [...(item.first ? [item.first] : []), item]);
  const unwritten = unwrittenEntry(payment);
  const log = unwritten ? [unwritten as LogItem, ...written] : written;
  const outbox = (await system.items(payment.id, 'EVT#')) as unknown as OutboxItem[];
  expectLog(payment, log, system.unlogged(payment.id));
  expectOutbox(payment, outbox);
  const types = outbox.map(({ events }) => events.map(({ type }) => type));
  expectSameStory(log, types.flat());
}

function expectLog(payment: Payment, log: readonly LogItem[], unlogged: number): void {
  const versions = log.map(({ version }) => version);
  expect(versions[0]).toBe(1);
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  // Every version has its entry, but for those that took over a lock, took room for a refund, or put off a look.
  expect(log.length + unlogged, `versions of ${payment.id}`).toBe(payment.version);
  expect(log.at(-1)?.to).toBe(payment.status);
  let [captured, authorized] = [0, 0];
  let status: Status | null = null;
  for (const entry of log) {
    expect(entry.from).toBe(status);
    const { capturedMinor = captured, authorizedMinor = authorized } = entry.delta;
    expect(capturedMinor).toBeGreaterThanOrEqual(captured);
    expect(authorizedMinor).toBeGreaterThanOrEqual(authorized);
    [captured, authorized, status] = [capturedMinor, authorizedMinor, entry.to];
  }
  expect(captured).toBe(payment.capturedMinor);
  expect(captured).toBeLessThanOrEqual(payment.amountMinor);
}

function expectOutbox(payment: Payment, outbox: readonly OutboxItem[]): void {
  expect(outbox.map(({ SK }) => Number(SK.slice('EVT#'.length)))).toEqual(
    Array.from({ length: payment.seq }, (_, index) => index + 1),
  );
  outbox.forEach(({ events }, index) => {
    expect(events.map(({ id, sequence, aggregate }) => ({ id, sequence, of: aggregate.id }))).toEqual(
      events.map((_, n) => ({
        id: `${payment.id}:${index + 1}:${n + 1}`,
        sequence: index + 1,
        of: payment.id,
      })),
    );
  });
}

function expectSameStory(log: readonly LogItem[], types: readonly string[]): void {
  const moves = log.filter(({ from, to }) => from !== null && from !== to);
  for (const { from, to } of moves) {
    const legal = from !== null && (isMove(from, to) || isLate(from, to));
    expect(legal, `${from} > ${to}`).toBe(true);
  }
  const late = moves.filter(({ from, to }) => from !== null && isLate(from, to));
  expect(types.filter((type) => type === 'payment.late_success.v1')).toHaveLength(late.length);
  // Told anew without a move: a payer who is asked again. Everything else is told once, in the log's order.
  const told = types.flatMap((type) => STATUS_OF_EVENT[type] ?? []);
  const once = told.filter((status, index) => !(status === 'requires_action' && told[index - 1] === status));
  expect(once).toEqual(moves.map(({ to }) => to));
}

/** That the provider has one object for each payment that it knows, and none of nobody. @throws AssertionError */
export function expectOneIntentEach(payments: readonly Payment[], intents: readonly Intent[]): void {
  const of = (intent: Intent) => intent.metadata['payment_id'] ?? 'nobody';
  const known = new Set(payments.map(({ id }) => id));
  expect(intents.map(of).filter((id) => !known.has(id))).toEqual([]);
  expect(intents.map(of).sort()).toEqual([...new Set(intents.map(of))].sort());
  // Calls with one idempotency key are one call.
  const keys = intents.flatMap(({ metadata }) => metadata['key'] ?? []);
  expect(keys.sort()).toEqual([...new Set(keys)].sort());
}
