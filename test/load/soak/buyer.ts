import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Json } from '#testing/client.ts';
import type { Given } from '../invariants.ts';
import { described } from '../report.ts';
import type { Target } from '../system.ts';
import { persist } from './persist.ts';
import type { Timeline } from './timeline.ts';

/** A payment of a buyer, and what was given back of it. */
export interface Bought extends Given {
  refundedMinor: number;
}

interface Shop {
  readonly target: Target;
  readonly timeline: Timeline;
  readonly bought: Bought[];
  /** What was not as a client expects. */
  readonly surprises: Map<string, number>;
}

const PAYPAL_SHARE = 0.3;
const AT_ONCE_SHARE = 0.3;
const REFUND_SHARE = 0.5;
const POLL_MS = 300;
const PAYER_ATTEMPTS = 20;
/** What is in doubt is reconciled within two minutes. */
const SUCCEEDS_WITHIN_MS = 180_000;

const chance = (share: number): boolean => Math.random() < share;
const between = (from: number, to: number): number => from + Math.floor(Math.random() * (to - from));

/** One buyer: creates a payment, pays it, looks at it in two ways, and may want some money back. */
export async function buy(shop: Shop): Promise<void> {
  const provider = chance(PAYPAL_SHARE) ? 'paypal' : 'stripe';
  const atOnce = provider === 'stripe' && chance(AT_ONCE_SHARE);
  const created = await create(shop, {
    amountMinor: between(500, 50_000),
    currency: 'usd',
    provider,
    ...(provider === 'paypal' && { returnUrl: 'https://shop.example/return' }),
    ...(atOnce && { paymentMethodId: 'pm_card_visa', confirm: true }),
  });
  if (created === undefined) return;
  const { id, amountMinor } = created;
  const bought: Bought = { id, provider, refundedMinor: 0 };
  shop.bought.push(bought);
  if (!atOnce) await pay(shop, created);
  if ((await payment(shop, id, ({ status }) => status === 'succeeded')) === undefined) return;
  await readByGraphql(shop, id);
  if (chance(REFUND_SHARE)) await refund(shop, bought, between(1, amountMinor + 1));
}

async function create(shop: Shop, body: object): Promise<Json> {
  const key = { 'idempotency-key': randomUUID() };
  const answer = await ask(shop, 'POST /payments', [201, 202], () => shop.target.create(body, key));
  return answer?.body;
}

/** As the buyer's browser does at the provider. */
async function pay(shop: Shop, created: Json): Promise<void> {
  const { target } = shop;
  // A create whose outcome is unknown has nothing to pay yet.
  const ready = await payment(shop, created.id, ({ status }) => status !== 'initiating');
  if (ready === undefined) return;
  if (ready.provider === 'paypal') return payerDoes(shop, 'approve', () => target.approve(ready.providerRef));
  const clientSecret = created.clientSecret ?? (await newClientSecret(shop, created.id));
  if (clientSecret === undefined) return;
  await payerDoes(shop, 'confirm', () => target.confirm(clientSecret, 'pk_test_load'));
}

/** What the payer does at the provider, again while it fails: the answer of a payer's browser can be lost as well. */
async function payerDoes(shop: Shop, what: string, act: () => Promise<Answer>): Promise<void> {
  let last = '';
  for (let attempt = 0; attempt < PAYER_ATTEMPTS; attempt += 1) {
    const answer = await act().catch(() => undefined);
    if (answer?.status === 200 || answer?.body.error?.code === 'payment_intent_unexpected_state') return;
    last = answer ? described(answer.status, answer.body) : 'no answer';
    await sleep(POLL_MS);
  }
  surprise(shop, `${what} of the payer: ${last}`);
}

async function newClientSecret(shop: Shop, id: string): Promise<string | undefined> {
  const path = `/payments/${id}/client-secret`;
  const answer = await ask(shop, 'POST /payments/{id}/client-secret', [200, 201], () =>
    shop.target.api('POST', path),
  );
  return answer?.body.clientSecret;
}

/** The payment, once it is as it should be; undefined when the buyer has waited for it too long. */
async function payment(shop: Shop, id: string, accept: (body: Json) => boolean): Promise<Json> {
  const untilMs = Date.now() + SUCCEEDS_WITHIN_MS;
  while (Date.now() < untilMs) {
    const answer = await ask(shop, 'GET /payments/{id}', [200], () => shop.target.get(id));
    if (answer && accept(answer.body)) return answer.body;
    await sleep(POLL_MS);
  }
  surprise(shop, 'a payment that the buyer has given up');
  return undefined;
}

async function readByGraphql(shop: Shop, id: string): Promise<void> {
  const query = 'query Read($id: ID!) { payment(id: $id) { id status amountMinor } }';
  const answer = await ask(shop, 'POST /graphql', [200], () => graphql(shop.target, query, id));
  if (answer && answer.body.data?.payment?.id !== id)
    surprise(shop, `graphql: ${answer.body.errors?.[0]?.message}`);
}

/** An error of a field that asks to come again counts as that answer. */
async function graphql(target: Target, query: string, id: string): Promise<Answer> {
  const answer = await target.graphql(query, { id });
  const [error] = answer.body.errors ?? [];
  return error === undefined
    ? answer
    : {
        ...answer,
        status: error.extensions?.status ?? 200,
        body: { ...answer.body, code: error.extensions?.code },
      };
}

async function refund(shop: Shop, bought: Bought, amountMinor: number): Promise<void> {
  const key = { 'idempotency-key': randomUUID() };
  const path = `/payments/${bought.id}/refunds`;
  const answer = await ask(shop, 'POST /payments/{id}/refunds', [201, 202], () =>
    shop.target.api('POST', path, { amountMinor }, key),
  );
  if (answer) bought.refundedMinor += amountMinor;
}

async function ask(
  shop: Shop,
  kind: string,
  expected: readonly number[],
  send: () => Promise<Answer>,
): Promise<Answer | undefined> {
  const answer = await persist({ timeline: shop.timeline, kind, expected, send });
  if (answer === undefined) surprise(shop, kind);
  return answer;
}

const surprise = ({ surprises }: Shop, what: string): void =>
  void surprises.set(what, (surprises.get(what) ?? 0) + 1);
