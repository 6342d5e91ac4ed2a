import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { paymentConfig } from '../../../../plugins/payment/config.ts';
import { plugin } from '../../../../plugins/payment/plugin.ts';
import { createServices } from '../../../../plugins/payment/create-services.ts';
import { withDefaultProvider } from '../../../../plugins/payment/with-default-provider.ts';
import { type Bench, startBench } from './bench.ts';

const paypal = { clientId: 'client', clientSecret: 'secret', webhookId: 'WH-1' };
const stripe = { secretKey: 'sk_test_a', publishableKey: 'pk_test_a', webhookSecret: 'whsec_a' };
const environment = { stage: 'prod', deployment: 'prod-1', table: () => 'payments', now: () => new Date() };

describe('the configuration', () => {
  it('has defaults', () => {
    expect(z.parse(paymentConfig, { stripe })).toMatchObject({
      defaultProvider: 'stripe',
      idempotency: { required: false },
    });
  });

  it.each([
    [{ secretKey: 'sk_test_' }],
    [{ secretKey: 'pk_test_a' }],
    [{ secretKey: 'sk_test_a b' }],
    [{ webhookSecret: '' }],
    [{ webhookSecret: ' whsec_a' }],
    [{ webhookSecret: [] }],
    [{ webhookSecret: ['whsec_a', ''] }],
    [{ apiBase: 'not a url' }],
    [{ unknown: 1 }],
  ])('refuses %j', (wrong) => {
    expect(z.safeParse(paymentConfig, { stripe: { ...stripe, ...wrong } }).success).toBe(false);
  });

  it('needs one provider, whichever', () => {
    expect(z.safeParse(paymentConfig, {}).success).toBe(false);
    expect(z.parse(paymentConfig, { paypal })).toMatchObject({
      defaultProvider: 'stripe',
      paypal: { mode: 'sandbox', webhookPostBack: false },
    });
    expect(z.safeParse(paymentConfig, { stripe, paypal }).success).toBe(true);
  });

  it.each([
    [{ clientId: '' }],
    [{ clientSecret: 'a b' }],
    [{ webhookId: '' }],
    [{ mode: 'production' }],
    [{ mode: 'live', webhookId: 'WEBHOOK_ID' }],
    [{ webhookRoots: ['not a certificate'] }],
    [{ apiBase: 'http://127.0.0.1:1/path' }],
    [{ unknown: 1 }],
  ])('refuses %j of PayPal', (wrong) => {
    expect(z.safeParse(paymentConfig, { paypal: { ...paypal, ...wrong } }).success).toBe(false);
  });

  it("takes the simulator's webhook id where no money is real", () => {
    expect(z.safeParse(paymentConfig, { paypal: { ...paypal, webhookId: 'WEBHOOK_ID' } }).success).toBe(true);
  });

  it('lets a deployment of one provider list with signed cursors, and refuses the other by a code', async () => {
    const services = createServices(z.parse(paymentConfig, { paypal }), environment);
    expect(services.cursorKeys).toHaveLength(1);
    expect((await services.provider('paypal')).name).toBe('paypal');
    await expect(services.provider('stripe')).rejects.toMatchObject({
      status: 422,
      code: 'provider-not-configured',
      extensions: { provider: 'stripe' },
    });
  });

  it('sends traffic to another PayPal on stage local only', () => {
    const config = z.parse(paymentConfig, { paypal: { ...paypal, apiBase: 'http://127.0.0.1:1' } });
    expect(() => createServices(config, environment)).toThrow('paypal.apiBase');
    expect(createServices(config, { ...environment, stage: 'local' }).config).toBe(config);
  });

  it('sends traffic elsewhere on stage local only', () => {
    const config = z.parse(paymentConfig, { stripe: { ...stripe, apiBase: 'http://127.0.0.1:1' } });
    expect(() => createServices(config, environment)).toThrow('apiBase');
    expect(createServices(config, { ...environment, stage: 'local' }).config).toBe(config);
  });
});

describe('the default provider', () => {
  const starting = async (config: object, provider: (name: string) => Promise<unknown>) => {
    const asked: string[] = [];
    const definition = {
      ...plugin,
      initialize: (...given: Parameters<typeof plugin.initialize>) => ({
        ...createServices(...given),
        provider: (name: string) => {
          asked.push(name);
          return provider(name) as never;
        },
      }),
    };
    await withDefaultProvider(definition).initialize(z.parse(paymentConfig, config), environment);
    return asked;
  };

  it.each([
    ['the one that the configuration names', { stripe, paypal, defaultProvider: 'paypal' }, 'paypal'],
    ['the only one', { paypal }, 'paypal'],
    ['Stripe where nothing is said', { stripe, paypal }, 'stripe'],
  ])('is loaded as the API starts: %s', async (_, config, expected) => {
    expect(await starting(config, async () => ({}))).toEqual([expected]);
  });

  it('keeps the API from nothing where it cannot be loaded', async () => {
    expect(await starting({ stripe }, async () => Promise.reject(new Error('no chunk')))).toEqual(['stripe']);
  });
});

describe('health', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench?.stop());

  it('asks the provider at most once per half minute, and learns from real calls', async () => {
    const check = () => plugin.health?.(bench.services);
    expect(await Promise.all([check(), check()])).toMatchObject([
      { status: 'healthy' },
      { status: 'healthy' },
    ]);
    await check();
    expect(await bench.requests()).toMatchObject([{ path: expect.stringContaining('/v1/balance') }]);

    const fault = {
      path: '/v1/',
      times: 10,
      status: 401,
      body: { error: { type: 'invalid_request_error' } },
    };
    await bench.control('POST', '/faults', [fault]);
    await bench.call('createPayment', { amount: 5, currency: 'usd' });
    expect(await check()).toMatchObject({ status: 'unhealthy', checks: { stripe: { status: 'unhealthy' } } });
    await bench.control('DELETE', '/faults');
    expect(await check()).toMatchObject({ status: 'unhealthy' });
    bench.skip(31_000);
    expect(await check()).toMatchObject({ status: 'healthy' });
    expect(JSON.stringify(bench.logs)).not.toContain('sk_test');
  });
});
