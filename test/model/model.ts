import { expect } from 'vitest';
import type { Action, CreateInput } from './actions.ts';
import { expectAgreement } from './invariants.ts';
import { at, foreseen, intentOf, targetOf } from './targets.ts';
import { type Call, type Model, type Seen, call, newKey, see, text } from './calls.ts';
import { happenElsewhere, reconcile, refund } from './refunds-and-disputes.ts';
import type { StripeEvent } from './provider-objects.ts';
import type { SystemUnderTest } from './system-under-test.ts';

/** Answers that are not the caller's fault, and that a call may get whenever something else is going on. */
const DISTURBED = [202, 409, 503];

/** Performs one action. With `quiet`, nothing else happens meanwhile, and the answer is foretold. */
export async function perform(
  system: SystemUnderTest,
  model: Model,
  action: Action,
  seen: Seen,
  quiet: boolean,
): Promise<void> {
  switch (action.kind) {
    case 'create':
      return create(system, model, action.keyed, action.input, seen, quiet);
    case 'repeat': {
      const key = at([...model.keyed.keys()], action.pick);
      return key === undefined ? undefined : repeatKey(system, model, key, seen, quiet);
    }
    case 'misuse':
      return misuse(system, model, action.pick, seen);
    case 'confirm':
    case 'authenticate':
      return pay(system, action);
    case 'capture':
    case 'cancel':
      return operate(system, model, action, seen, quiet);
    case 'refund':
      return refund(system, model, action, seen, quiet);
    case 'refundElsewhere':
    case 'dispute':
    case 'closeDispute':
      return happenElsewhere(system, action);
    case 'reconcile':
      return reconcile(system, seen, quiet);
    case 'verify':
      return verify(system, model, action.pick, seen, quiet);
    case 'deliver': {
      const all = await system.events();
      // Mostly what is new to us, now and then what we had.
      const news = all.filter(({ id }) => !model.applied.has(id));
      const event = at(news.length === 0 || action.pick % 4 === 0 ? all : news, action.pick);
      return event && deliver(system, model, event, seen, quiet);
    }
  }
}

async function create(
  system: SystemUnderTest,
  model: Model,
  keyed: boolean,
  given: CreateInput,
  seen: Seen,
  quiet: boolean,
): Promise<void> {
  const key = keyed ? `create-${Object.values(given).join('-')}` : undefined;
  if (key !== undefined && model.keyed.has(key)) return repeatKey(system, model, key, seen, quiet);
  const input = { ...given, ...(key !== undefined && { metadata: { key } }) };
  const answer = await call(system, model, { operation: 'createPayment', input, key }, seen);
  expect([201, 402, ...(quiet ? [] : DISTURBED)], text(answer)).toContain(answer.status);
  const declines = given.paymentMethodId?.includes('_chargeDeclined') === true;
  if (quiet) expect(answer.status, text(answer)).toBe(declines ? 402 : 201);
}

/** A call again, with its key. */
async function repeatKey(
  system: SystemUnderTest,
  model: Model,
  key: string,
  seen: Seen,
  quiet: boolean,
): Promise<void> {
  const { answer: known, ...made } = model.keyed.get(key) ?? {};
  const answer = await call(system, model, made as Call, seen);
  const asFirst = [200, 201, 402, 409, 422];
  expect([...asFirst, ...(quiet ? [503] : DISTURBED)], text(answer)).toContain(answer.status);
  if (quiet && known !== undefined) expect(answer.headers['Idempotent-Replayed'], text(answer)).toBe('true');
}

/** The same key with another request. */
async function misuse(system: SystemUnderTest, model: Model, pick: number, seen: Seen): Promise<void> {
  const answered = [...model.keyed.values()].filter(({ answer }) => answer !== undefined);
  const made = at(answered, pick);
  if (made === undefined) return;
  const input = { amountMinor: 1, currency: 'usd', captureMethod: 'automatic' };
  const answer = await system.call('createPayment', input, made.key);
  expect(answer, text(answer)).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  see(seen, 'key reused');
}

async function pay(
  system: SystemUnderTest,
  action: Extract<Action, { kind: 'confirm' | 'authenticate' }>,
): Promise<void> {
  const intent = at(await system.intents(), action.pick);
  if (intent === undefined) return;
  if (action.kind === 'confirm') await system.confirm(intent.client_secret, action.card);
  else await system.authenticate(intent.id, action.result);
}

async function operate(
  system: SystemUnderTest,
  model: Model,
  action: Extract<Action, { kind: 'capture' | 'cancel' }>,
  seen: Seen,
  quiet: boolean,
): Promise<void> {
  const id = await targetOf(system, model.payments, action);
  if (id === undefined) return;
  const before = quiet ? await foreseen(system, id) : undefined;
  const key = action.keyed ? newKey(model) : undefined;
  const part = action.kind === 'capture' && action.part !== null ? { amountMinor: action.part } : {};
  const operation = action.kind === 'capture' ? 'capturePayment' : 'cancelPayment';
  const answer = await call(system, model, { operation, input: { id, ...part }, key }, seen);
  expect([200, 409, 422, ...(quiet ? [] : DISTURBED)], text(answer)).toContain(answer.status);
  if (before === undefined) return;
  // What we know is what the provider has, and nothing is under way: the answer is certain.
  const { intent, capturableMinor } = before;
  expect(capturableMinor).toBe(intent.amount_capturable);
  const wanted = part.amountMinor ?? capturableMinor;
  const held = intent.status === 'requires_capture';
  if (action.kind === 'capture') {
    expect(answer.status, text(answer)).toBe(!held ? 409 : wanted > capturableMinor ? 422 : 200);
    if (answer.status === 200)
      expect(answer.body).toMatchObject({ status: 'succeeded', capturedMinor: wanted, capturableMinor: 0 });
  } else {
    expect(answer.status, text(answer)).toBe(held || intent.status.startsWith('requires_') ? 200 : 409);
    if (answer.status === 200) expect(answer.body).toMatchObject({ status: 'canceled', capturedMinor: 0 });
  }
}

async function verify(
  system: SystemUnderTest,
  model: Model,
  pick: number,
  seen: Seen,
  quiet: boolean,
): Promise<void> {
  const id = at(model.payments, pick);
  if (id === undefined) return;
  const answer = await call(
    system,
    model,
    { operation: 'verifyPayment', input: { id }, key: undefined },
    seen,
  );
  expect([200, ...(quiet ? [] : DISTURBED)], text(answer)).toContain(answer.status);
  if (!quiet || answer.status !== 200) return;
  const payment = await system.record(id);
  if (payment?.activeOp === undefined && payment) expectAgreement(payment, await intentOf(system, id));
}

/** Delivers one webhook. Without `quiet` it may fail, for then the provider delivers it again. */
export async function deliver(
  system: SystemUnderTest,
  model: Model,
  { id, ...event }: StripeEvent,
  seen: Seen,
  quiet: boolean,
): Promise<void> {
  try {
    const { outcome } = await system.deliver({ id, ...event });
    see(seen, `webhook ${outcome}`);
    expect(outcome, `${event.type} ${id}`).toBe(model.applied.has(id) ? 'duplicate' : 'processed');
    model.applied.add(id);
  } catch (error) {
    if (quiet || !(error instanceof Error) || error.name !== 'ProblemError') throw error;
    expect([409, 503]).toContain((error as { status?: number }).status);
  }
}

/** Money that was taken stays taken, and what no operation has reserved is free. @throws AssertionError */
export async function expectMoney(system: SystemUnderTest, model: Model): Promise<void> {
  const intents = await system.intents();
  for (const { id, status, operation, capturedMinor, capturableMinor } of await system.payments()) {
    expect(capturedMinor, `captured of ${id}`).toBeGreaterThanOrEqual(model.captured.get(id) ?? 0);
    model.captured.set(id, capturedMinor);
    const intent = intents.find(({ metadata }) => metadata['payment_id'] === id);
    const idle = ['succeeded', 'failed'].includes(operation.status);
    if (idle && status === 'authorized' && intent?.status === 'requires_capture')
      expect(capturableMinor, `capturable of ${id}`).toBe(intent.amount_capturable);
  }
}
