import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bench, WEBHOOK_SECRET, startBench } from '../bench.ts';
import type { LogLine } from '../plugin-under-test.ts';
import { type PayPalBench, type Signed, startPayPalBench } from '../paypal-bench.ts';

const BOM = '\uFEFF';
const MESSAGE = 'A delivery is not signed by the provider';

interface Explained {
  readonly provider: string;
  readonly reason: string;
  readonly skewSeconds?: number;
}

/** The only line about a refused delivery since the last look. */
function explained(logs: LogLine[]): Explained | undefined {
  const lines = logs.splice(0).filter(({ message }) => message === MESSAGE);
  expect(lines.length).toBeLessThanOrEqual(1);
  expect(lines[0]?.level ?? 'warn').toBe('warn');
  return lines[0]?.fields as Explained | undefined;
}

const REFUSED = {
  status: 400,
  code: 'invalid-signature',
  detail: undefined,
  extensions: {},
};

describe("a delivery that does not bear Stripe's signature", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => {
    bench.logs.splice(0);
    bench.counts.clear();
  });
  const body = () => bench.event('customer.created', { id: 'cus_1' });
  const now = () => Math.floor(Date.now() / 1000);
  const sign = (text: string | Buffer, { time = String(now()), secret = WEBHOOK_SECRET } = {}) =>
    createHmac('sha256', secret).update(`${time}.`).update(text).digest('hex');
  const headerOf = (text: string, given: { ageSeconds?: number; secret?: string } = {}) => {
    const time = String(now() - (given.ageSeconds ?? 0));
    return `t=${time},v1=${sign(text, { ...given, time })}`;
  };

  it.each<[string, (text: string) => string, Omit<Explained, 'provider'>]>([
    ['no header', () => '', { reason: 'missing-header' }],
    ['nonsense', () => 'xxx', { reason: 'malformed' }],
    ['no signature', () => `t=${now()}`, { reason: 'malformed' }],
    ['another scheme only', (text) => headerOf(text).replace('v1=', 'v0='), { reason: 'malformed' }],
    ['a time that is no number', () => 't=yesterday,v1=00', { reason: 'malformed' }],
    [
      'another secret',
      (text) => headerOf(text, { secret: 'whsec_other' }),
      { reason: 'no-match', skewSeconds: 0 },
    ],
    ['another body', () => headerOf('{}'), { reason: 'no-match', skewSeconds: 0 }],
    [
      'an old time of nobody',
      () => `t=${now() - 900},v1=${'0'.repeat(64)}`,
      { reason: 'no-match', skewSeconds: 900 },
    ],
    [
      'a genuine time that is old',
      (text) => headerOf(text, { ageSeconds: 600 }),
      { reason: 'too-old', skewSeconds: 600 },
    ],
    [
      'a genuine time that is ahead',
      (text) => headerOf(text, { ageSeconds: -600 }),
      { reason: 'in-the-future', skewSeconds: -600 },
    ],
    [
      'an old signature beside a time of today',
      (text) => `t=${now()},${headerOf(text, { ageSeconds: 600 })}`,
      { reason: 'malformed' },
    ],
    [
      'an old signature whose time is hidden from a strict reader',
      (text) => `t=${now()},t= ${now() - 600},${headerOf(text, { ageSeconds: 600 }).split(',')[1]}`,
      { reason: 'malformed' },
    ],
  ])('is refused alike, and explained in log and metric: %s', async (_name, header, wanted) => {
    const text = body();
    await expect(bench.deliver(text, header(text))).rejects.toMatchObject(REFUSED);
    const { skewSeconds, ...line } = explained(bench.logs) ?? {};
    expect(line).toMatchObject({ provider: 'stripe', reason: wanted.reason });
    if (wanted.skewSeconds === undefined) expect(skewSeconds).toBeUndefined();
    else expect(Math.abs((skewSeconds ?? Number.NaN) - wanted.skewSeconds)).toBeLessThanOrEqual(5);
    expect(bench.counts.get('payment.webhook.rejected')).toBe(1);
    expect(bench.counts.get(`payment.webhook.rejected.${wanted.reason}`)).toBe(1);
  });

  it('leaves neither the secret nor the signature in the log', async () => {
    const text = body();
    const header = headerOf(text, { secret: 'whsec_other' });
    await expect(bench.deliver(text, header)).rejects.toMatchObject(REFUSED);
    const logged = JSON.stringify(bench.logs);
    expect(logged).toContain('no-match');
    for (const secret of [WEBHOOK_SECRET, 'whsec_other', header.split('v1=')[1] ?? header])
      expect(logged).not.toContain(secret);
  });

  it('is verified over its exact bytes: with a byte order mark, and with what is no text', async () => {
    for (const text of [BOM + body(), body()]) {
      expect(await bench.deliver(text, headerOf(text))).toMatchObject({ outcome: 'ignored' });
    }
    const marked = BOM + body();
    await expect(bench.deliver(marked, headerOf(marked.slice(1)))).rejects.toMatchObject(REFUSED);
    expect(explained(bench.logs)?.reason).toBe('no-match');
    const [id, twice] = [`evt_${randomUUID()}`, BOM + BOM + body()];
    await expect(bench.deliver(twice, headerOf(twice))).rejects.toMatchObject({ code: 'webhook-unusable' });
    expect(await bench.services.store.received('stripe', id)).toBeUndefined();
  });
});

describe("a delivery that does not bear PayPal's signature", () => {
  let bench: PayPalBench;
  beforeAll(async () => {
    bench = await startPayPalBench();
  });
  afterAll(() => bench?.stop());
  beforeEach(() => {
    bench.logs.splice(0);
    bench.counts.clear();
  });
  const body = () => JSON.stringify({ id: `WH-${randomUUID()}`, event_type: 'X.Y', resource: {} });
  const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  const headers =
    (given: Signed = {}, more: Record<string, string> = {}) =>
    (text: string) => ({
      ...bench.headersOf(text, given),
      ...more,
    });
  const DAY_SECONDS = 86_400;

  it.each<[string, () => (text: string) => Record<string, string>, Omit<Explained, 'provider'>]>([
    [
      'a header is missing',
      () => headers({}, { 'paypal-transmission-sig': '' }),
      { reason: 'missing-header' },
    ],
    [
      'a header is too long',
      () => headers({}, { 'paypal-transmission-id': 'x'.repeat(3000) }),
      { reason: 'malformed' },
    ],
    ['its time cannot be read', () => headers({ time: 'yesterday' }), { reason: 'malformed' }],
    [
      'another algorithm',
      () => headers({}, { 'paypal-auth-algo': 'SHA1withRSA' }),
      { reason: 'unsupported-algorithm' },
    ],
    [
      "a certificate that is not PayPal's",
      () => headers({ certUrl: 'https://evilpaypal.com/v1/notifications/certs/CERT-1' }),
      { reason: 'untrusted-certificate' },
    ],
    ['another webhook', () => headers({ webhookId: 'WH-OTHER' }), { reason: 'no-match', skewSeconds: 0 }],
    ['another body', () => () => bench.headersOf('{}'), { reason: 'no-match', skewSeconds: 0 }],
    [
      'five days ago',
      () => headers({ time: at(-5 * DAY_SECONDS) }),
      { reason: 'too-old', skewSeconds: 5 * DAY_SECONDS },
    ],
    ['ten minutes ahead', () => headers({ time: at(600) }), { reason: 'in-the-future', skewSeconds: -600 }],
  ])('is refused alike, and explained in log and metric: %s', async (_name, headersFor, wanted) => {
    const text = body();
    await expect(bench.deliver(text, headersFor()(text))).rejects.toMatchObject(REFUSED);
    const { skewSeconds, ...line } = explained(bench.logs) ?? {};
    expect(line).toMatchObject({ provider: 'paypal', reason: wanted.reason });
    if (wanted.skewSeconds === undefined) expect(skewSeconds).toBeUndefined();
    else expect(Math.abs((skewSeconds ?? Number.NaN) - wanted.skewSeconds)).toBeLessThanOrEqual(5);
    expect(bench.counts.get('payment.webhook.rejected')).toBe(1);
    expect(bench.counts.get(`payment.webhook.rejected.${wanted.reason}`)).toBe(1);
  });

  it('is verified over its exact bytes, with a byte order mark', async () => {
    const marked = BOM + body();
    expect(await bench.deliver(marked, bench.headersOf(marked))).toMatchObject({ outcome: 'ignored' });
    await expect(bench.deliver(marked, bench.headersOf(marked.slice(1)))).rejects.toMatchObject(REFUSED);
    expect(explained(bench.logs)?.reason).toBe('no-match');
  });
});
