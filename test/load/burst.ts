import { randomUUID } from 'node:crypto';
import type { Json } from '#testing/client.ts';
import { startSystem } from '../support/system.ts';
import { type Measured, drive, percentileMs, shuffled } from './drive.ts';
import { checkInvariants } from './invariants.ts';
import { described, line, listed, reportFindings, table } from './report.ts';
import { type Target, targetOf } from './system.ts';

const PAYMENTS_OF_BASE = 150;
const PAYMENTS_MAX = 3_000;
const GETS_PER_PAYMENT = 5;

/** Payments in euros all count on one counter, which never fills up. */
const limits = { eur: { dailyLimit: 100_000_000 } };

/** How much is sent, and for how long at most. */
interface Burst {
  readonly payments: number;
  readonly clients: number;
  readonly timeMaxMs: number;
}

/**
 * Creates, the same with one daily limit that all of them count on, gets, a storm of webhooks with duplicates, and
 * refunds, then what must hold after that. What was left unsent when the time was up is only reported.
 * @returns whether every answer and every rule was as it must be
 */
export async function burst(wanted: number, clients: number): Promise<boolean> {
  const payments = Math.min(PAYMENTS_MAX, wanted);
  // A larger load has its time.
  const load: Burst = { payments, clients, timeMaxMs: 10_000 * Math.max(1, payments / PAYMENTS_OF_BASE) };
  const system = await startSystem({ env: { PAYMENT_PLUGIN_LIMITS_CURRENCIES: JSON.stringify(limits) } });
  try {
    const target = targetOf(system);
    const bodies = new Map<string, Json>();
    await create(target, bodies, { ...load, payments: 2 * clients }, 'usd');
    const measured = [
      await create(target, bodies, load, 'usd'),
      await create(target, bodies, load, 'eur'),
      await get(target, [...bodies.keys()], load),
      await storm(target, bodies, load),
      await refund(target, [...bodies.keys()], load),
    ];
    const refunds = measured.at(-1);
    const findings = await checkInvariants(
      target,
      [...bodies.keys()].map((id) => ({
        id,
        provider: 'stripe' as const,
        refundedMinor: refunds?.left ? undefined : 2,
      })),
    );
    reportLoad(measured, load);
    reportFindings(findings);
    return (
      measured.every(({ errors }) => errors.size === 0) && findings.every(({ broken }) => broken.length === 0)
    );
  } finally {
    await system.stop();
  }
}

/** No webhook goes out by itself: the storm sends them all. */
async function create(
  target: Target,
  bodies: Map<string, Json>,
  { payments, clients, timeMaxMs }: Burst,
  currency: 'usd' | 'eur',
): Promise<Measured> {
  await target.sandbox('POST', '/webhooks', { mode: 'drop' });
  return drive({
    name: currency === 'eur' ? 'POST /payments, one hot limit counter' : 'POST /payments',
    work: Array.from({ length: payments }, (_, index) => ({ amountMinor: 100 + index, currency })),
    concurrency: clients,
    timeMaxMs,
    async send(input) {
      const { status, body } = await target.create(input, { 'idempotency-key': randomUUID() });
      if (status === 201) bodies.set(body.id, body);
      return status === 201 ? undefined : described(status, body);
    },
  });
}

function get(target: Target, ids: readonly string[], { clients, timeMaxMs }: Burst): Promise<Measured> {
  return drive({
    name: 'GET /payments/{id}',
    work: shuffled(Array.from({ length: GETS_PER_PAYMENT }, () => ids).flat()),
    concurrency: clients,
    timeMaxMs,
    async send(id) {
      const { status, body } = await target.get(id);
      return status === 200 && body.id === id ? undefined : described(status, body);
    },
  });
}

/** A little of every payment goes back, twice and at once. */
function refund(target: Target, ids: readonly string[], { clients, timeMaxMs }: Burst): Promise<Measured> {
  return drive({
    name: 'POST /payments/{id}/refunds',
    work: shuffled([...ids, ...ids]),
    concurrency: clients,
    timeMaxMs,
    async send(id) {
      const key = { 'idempotency-key': randomUUID() };
      const { status, body } = await target.api('POST', `/payments/${id}/refunds`, { amountMinor: 1 }, key);
      return status === 201 && body.status === 'succeeded' ? undefined : described(status, body);
    },
  });
}

/** Everybody has paid; now every event arrives, several times, in any order and at once. */
async function storm(
  target: Target,
  bodies: ReadonlyMap<string, Json>,
  { clients, timeMaxMs }: Burst,
): Promise<Measured> {
  const secret = await target.signingSecret();
  for (const { clientSecret } of bodies.values()) await target.confirm(clientSecret, 'pk_test_load');
  const events = await target.atStripe('events');
  return drive({
    name: `POST /webhooks/stripe, ${events.length} events three times each`,
    // When the time is not enough, what stays unsent is of the last copies: every event has come by then.
    work: [...shuffled([...events, ...events]), ...shuffled(events)],
    concurrency: clients,
    timeMaxMs: 2.5 * timeMaxMs,
    async send(event) {
      const { status, body } = await target.deliver(event, secret);
      const taken = status === 200 && ['processed', 'duplicate'].includes(body.outcome);
      return taken ? undefined : described(status, body);
    },
  });
}

function reportLoad(measured: readonly Measured[], { payments, clients }: Burst): void {
  line(`## Load (${payments} payments, ${clients} clients, one machine for clients, system and provider)`);
  table(
    ['request', 'count', 'per second', 'p50 ms', 'p99 ms', 'errors'],
    measured.map((one) => [
      one.name,
      one.left === 0 ? one.requests : `${one.requests} (${one.left} unsent)`,
      (one.requests / one.seconds).toFixed(0),
      percentileMs(one.latenciesMs, 0.5).toFixed(1),
      percentileMs(one.latenciesMs, 0.99).toFixed(1),
      listed(one.errors),
    ]),
  );
}
