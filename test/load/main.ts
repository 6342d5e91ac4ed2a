import { randomUUID } from 'node:crypto';
import { startSystem } from '../support/system.ts';
import type { Json } from '#testing/client.ts';
import { type Measured, drive, percentileMs, shuffled } from './drive.ts';
import { type Finding, checkInvariants } from './invariants.ts';
import { type Target, targetOf } from './system.ts';

/**
 * `npm run bench:load [-- payments [clients]]`: creates, the same with one daily limit that all of them count on, gets,
 * a storm of webhooks with duplicates, and refunds against a local system of its own, then what must hold after that. Ends with 1 when an answer or a rule was broken; what
 * was left unsent when the time was up is only reported.
 */
const DEFAULT_PAYMENTS = 150;
const PAYMENTS_MAX = 3_000;
const payments = Math.min(PAYMENTS_MAX, Number(process.argv[2] ?? DEFAULT_PAYMENTS));
const clients = Number(process.argv[3] ?? 8);
const GETS_PER_PAYMENT = 5;
/** A larger load has its time. */
const TIME_MAX_MS = 10_000 * Math.max(1, payments / DEFAULT_PAYMENTS);
const WARM_UP = 2 * clients;

const line = (text = '') => process.stdout.write(`${text}\n`);

// Whatever a deployed stage may be called, this load is for a system of its own.
delete process.env['BASE_URL'];
delete process.env['SYSTEM_URL'];
/** Payments in euros all count on one counter, which never fills up. */
const limits = { eur: { dailyLimit: 100_000_000 } };
const system = await startSystem({ env: { PAYMENT_PLUGIN_LIMITS_CURRENCIES: JSON.stringify(limits) } });
try {
  const target = targetOf(system);
  const bodies = new Map<string, Json>();
  await create(target, bodies, WARM_UP, 'usd');
  const measured = [
    await create(target, bodies, payments, 'usd'),
    await create(target, bodies, payments, 'eur'),
    await get(target, [...bodies.keys()]),
    await storm(target, bodies),
    await refund(target, [...bodies.keys()]),
  ];
  const findings = await checkInvariants(target, [...bodies.keys()]);
  reportLoad(measured);
  reportFindings(findings);
  const failed =
    measured.some(({ errors }) => errors.size > 0) || findings.some(({ broken }) => broken.length > 0);
  process.exitCode = failed ? 1 : 0;
} finally {
  await system.stop();
}

/** No webhook goes out by itself: the storm sends them all. */
async function create(
  target: Target,
  bodies: Map<string, Json>,
  count: number,
  currency: 'usd' | 'eur',
): Promise<Measured> {
  await target.sandbox('POST', '/webhooks', { mode: 'drop' });
  return drive({
    name: currency === 'eur' ? 'POST /payments, one hot limit counter' : 'POST /payments',
    work: Array.from({ length: count }, (_, index) => ({ amountMinor: 100 + index, currency })),
    concurrency: clients,
    timeMaxMs: TIME_MAX_MS,
    async send(input) {
      const { status, body } = await target.create(input, { 'idempotency-key': randomUUID() });
      if (status === 201) bodies.set(body.id, body);
      return status === 201 ? undefined : described(status, body);
    },
  });
}

function get(target: Target, ids: readonly string[]): Promise<Measured> {
  return drive({
    name: 'GET /payments/{id}',
    work: shuffled(Array.from({ length: GETS_PER_PAYMENT }, () => ids).flat()),
    concurrency: clients,
    timeMaxMs: TIME_MAX_MS,
    async send(id) {
      const { status, body } = await target.get(id);
      return status === 200 && body.id === id ? undefined : described(status, body);
    },
  });
}

/** A little of every payment goes back, twice and at once. */
function refund(target: Target, ids: readonly string[]): Promise<Measured> {
  return drive({
    name: 'POST /payments/{id}/refunds',
    work: shuffled([...ids, ...ids]),
    concurrency: clients,
    timeMaxMs: TIME_MAX_MS,
    async send(id) {
      const key = { 'idempotency-key': randomUUID() };
      const { status, body } = await target.api('POST', `/payments/${id}/refunds`, { amountMinor: 1 }, key);
      return status === 201 && body.status === 'succeeded' ? undefined : described(status, body);
    },
  });
}

/** Everybody has paid; now every event arrives, several times, in any order and at once. */
async function storm(target: Target, bodies: ReadonlyMap<string, Json>): Promise<Measured> {
  const secret = await target.signingSecret();
  for (const { clientSecret } of bodies.values()) await target.confirm(clientSecret, 'pk_test_load');
  const events = await target.atProvider('events');
  return drive({
    name: `POST /webhooks/stripe, ${events.length} events three times each`,
    // When the time is not enough, what stays unsent is of the last copies: every event has come by then.
    work: [...shuffled([...events, ...events]), ...shuffled(events)],
    concurrency: clients,
    timeMaxMs: 2.5 * TIME_MAX_MS,
    async send(event) {
      const { status, body } = await target.deliver(event, secret);
      const taken = status === 200 && ['processed', 'duplicate'].includes(body.outcome);
      return taken ? undefined : described(status, body);
    },
  });
}

function described(status: number, body: Json): string {
  return `${status} ${body?.code ?? body?.outcome ?? ''}`.trim();
}

function reportLoad(measured: readonly Measured[]): void {
  line(`## Load (${payments} payments, ${clients} clients, one machine for clients, system and provider)`);
  line('| request | count | per second | p50 ms | p99 ms | errors |');
  line('|---|---:|---:|---:|---:|---|');
  for (const one of measured) {
    const wrong = [...one.errors].map(([what, times]) => `${times} x ${what}`);
    const cells = [
      one.name,
      one.left === 0 ? one.requests : `${one.requests} (${one.left} unsent)`,
      (one.requests / one.seconds).toFixed(0),
      percentileMs(one, 0.5).toFixed(1),
      percentileMs(one, 0.99).toFixed(1),
      wrong.length === 0 ? '0' : wrong.join(', '),
    ];
    line(`| ${cells.join(' | ')} |`);
  }
}

function reportFindings(findings: readonly Finding[]): void {
  line('\n## Afterwards');
  line('| rule | checked | broken |');
  line('|---|---:|---|');
  for (const { rule, checked, broken } of findings) {
    line(`| ${rule} | ${checked} | ${broken.length === 0 ? '0' : broken.join(', ')} |`);
  }
}
