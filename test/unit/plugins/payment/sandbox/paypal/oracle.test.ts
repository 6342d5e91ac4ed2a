import { CheckoutPaymentIntent, VaultController, VaultTokenRequestType } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Oracle } from '../oracle.ts';
import { faulty, loadOracle, present, title } from '../oracle.ts';
import { receiver } from '../support.ts';
import { caller, clientAt, failure, FULL, sdkAt, startSandbox, WEBHOOK_ID } from './support.ts';

describe.skipIf(!present)(title, () => {
  let endpoint: Awaited<ReturnType<typeof receiver>>;
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let oracle: Oracle;
  let origin = '';
  let sdk: ReturnType<typeof sdkAt>;
  beforeAll(async () => {
    endpoint = await receiver();
    sandbox = await startSandbox({ webhookUrl: endpoint.url });
    oracle = await loadOracle('paypal', sandbox.origin);
    origin = `http://127.0.0.1:${await oracle.listen(0)}`;
    sdk = sdkAt(origin);
  }, 240_000);
  afterAll(async () => {
    await oracle?.close();
    await sandbox?.close();
    await endpoint?.close();
  });

  let count = 0;
  const key = () => `key-${(count += 1)}`;
  const approve = (id: string) => sandbox.control('POST', `orders/${id}/approve`);
  async function create(intent: 'Capture' | 'Authorize', value: string, prefer?: string) {
    const paypalRequestId = key();
    const request = {
      paypalRequestId,
      ...(prefer === undefined ? {} : { prefer }),
      body: {
        intent: CheckoutPaymentIntent[intent],
        purchaseUnits: [
          {
            customId: 'pay_1',
            invoiceId: `INV-${count}`,
            description: 'Socks',
            amount: { currencyCode: 'EUR', value },
          },
        ],
        paymentSource: {
          paypal: {
            experienceContext: { returnUrl: 'https://shop.example/r', cancelUrl: 'https://shop.example/c' },
          },
        },
      },
    };
    await sdk.orders.createOrder(request);
    const { result } = await sdk.orders.createOrder(request);
    return result.id ?? '';
  }

  async function captures(): Promise<void> {
    for (const value of ['10.00', '100.01', '100.03', '100.04', '100.05', '100.06']) {
      for (const prefer of [undefined, FULL]) {
        const id = await create('Capture', value, prefer);
        await sdk.orders.getOrder({ id });
        await approve(id);
        await sdk.orders.getOrder({ id });
        const request = { id, paypalRequestId: key(), ...(prefer === undefined ? {} : { prefer }), body: {} };
        if (value === '100.01') {
          expect((await failure(sdk.orders.captureOrder(request))).issue).toBe('INSTRUMENT_DECLINED');
          await sdk.orders.getOrder({ id });
          await approve(id);
        }
        await sdk.orders.captureOrder(request);
        await sdk.orders.captureOrder(request);
        const { result } = await sdk.orders.getOrder({ id });
        const made = result.purchaseUnits?.[0]?.payments?.captures?.[0];
        await sdk.payments.getCapturedPayment({ captureId: made?.id ?? '' });
      }
    }
  }

  async function authorizations(): Promise<void> {
    for (const prefer of [undefined, FULL]) {
      const shown = prefer === undefined ? {} : { prefer };
      const id = await create('Authorize', '30.00', prefer);
      await approve(id);
      await sdk.orders.authorizeOrder({ id, paypalRequestId: key(), ...shown, body: {} });
      const { result } = await sdk.orders.getOrder({ id });
      const authorizationId = result.purchaseUnits?.[0]?.payments?.authorizations?.[0]?.id ?? '';
      await sdk.payments.getAuthorizedPayment({ authorizationId });
      const part = {
        authorizationId,
        paypalRequestId: key(),
        ...shown,
        body: { amount: { currencyCode: 'EUR', value: '10.00' }, finalCapture: false },
      };
      await sdk.payments.captureAuthorizedPayment(part);
      await sdk.payments.captureAuthorizedPayment(part);
      await sdk.payments.voidPayment({ authorizationId, paypalRequestId: key(), ...shown });
      await sdk.payments.getAuthorizedPayment({ authorizationId });
      await sdk.orders.getOrder({ id });
    }
  }

  async function refunds(): Promise<void> {
    for (const value of ['50.00', '20.03', '20.04', '20.05', '20.06']) {
      for (const prefer of [undefined, FULL]) {
        const id = await create('Capture', '50.00', FULL);
        await approve(id);
        await sdk.orders.captureOrder({ id, paypalRequestId: key(), body: {} });
        const { result } = await sdk.orders.getOrder({ id });
        const captureId = result.purchaseUnits?.[0]?.payments?.captures?.[0]?.id ?? '';
        const request = {
          captureId,
          paypalRequestId: key(),
          ...(prefer === undefined ? {} : { prefer }),
          body: {
            amount: { currencyCode: 'EUR', value },
            customId: `rf_${count}`,
            invoiceId: `inv_r_${count}`,
            noteToPayer: 'Sorry',
          },
        };
        const { result: made } = await sdk.payments.refundCapturedPayment(request);
        await sdk.payments.refundCapturedPayment(request);
        await sdk.payments.getRefund({ refundId: made.id ?? '' });
        await sdk.payments.getCapturedPayment({ captureId });
        await sdk.orders.getOrder({ id });
        if (value !== '50.00')
          await sandbox.control('POST', `captures/${captureId}/reverse`, { amount: '1' });
        await sdk.payments.getCapturedPayment({ captureId });
      }
    }
  }

  async function renewals(): Promise<void> {
    const id = await create('Authorize', '30.00');
    await approve(id);
    await sdk.orders.authorizeOrder({ id, paypalRequestId: key(), body: {} });
    await sandbox.control('POST', 'clock', { advance: '3d' });
    const { result } = await sdk.orders.getOrder({ id });
    const authorizationId = result.purchaseUnits?.[0]?.payments?.authorizations?.[0]?.id ?? '';
    await sdk.payments.reauthorizePayment({
      authorizationId,
      paypalRequestId: key(),
      prefer: FULL,
      body: { amount: { currencyCode: 'EUR', value: '31.00' } },
    });
    await sdk.orders.getOrder({ id });
  }

  async function disputes(): Promise<void> {
    const call = await caller(origin);
    for (const outcome of ['won', 'lost', 'canceled']) {
      const id = await create('Capture', '50.00', FULL);
      await approve(id);
      await sdk.orders.captureOrder({ id, paypalRequestId: key(), body: {} });
      const { body } = await sandbox.control('POST', 'disputes', { ref: id });
      const { dispute_id: disputeId } = body as unknown as { dispute_id: string };
      const path = `/v1/customer/disputes/${disputeId}`;
      expect((await call('GET', path)).status).toBe(200);
      await sandbox.control('POST', `disputes/${disputeId}/update`, {
        stage: 'CHARGEBACK',
        status: 'UNDER_REVIEW',
      });
      expect((await call('GET', path)).status).toBe(200);
      await sandbox.control('POST', `disputes/${disputeId}/close`, { outcome });
      expect((await call('GET', path)).status).toBe(200);
      expect((await call('GET', '/v1/customer/disputes?page_size=1')).status).toBe(200);
    }
  }

  async function vault(): Promise<void> {
    const tokens = new VaultController(clientAt(origin));
    const made = await tokens.createSetupToken({
      paypalRequestId: key(),
      body: {
        paymentSource: {
          paypal: {
            description: 'Socks',
            experienceContext: { returnUrl: 'https://shop.example/r', cancelUrl: 'https://shop.example/c' },
          },
        },
      },
    });
    const id = made.result.id ?? '';
    await sandbox.control('POST', `setup-tokens/${id}/approve`);
    await tokens.getSetupToken(id);
    const request = {
      paypalRequestId: key(),
      body: { paymentSource: { token: { id, type: VaultTokenRequestType.SetupToken } } },
    };
    const { result } = await tokens.createPaymentToken(request);
    await tokens.createPaymentToken(request);
    const customerId = result.customer?.id ?? '';
    await tokens.listCustomerPaymentTokens({ customerId, totalRequired: true });
    await tokens.getPaymentToken(result.id ?? '');
    const paid = await sdk.orders.createOrder({
      paypalRequestId: key(),
      prefer: FULL,
      body: {
        intent: CheckoutPaymentIntent.Capture,
        purchaseUnits: [{ amount: { currencyCode: 'EUR', value: '10.00' } }],
        paymentSource: { paypal: { vaultId: result.id ?? '' } },
      },
    });
    expect(paid.result.status).toBe('COMPLETED');
    await tokens.deletePaymentToken(result.id ?? '');
    await tokens.listCustomerPaymentTokens({ customerId, totalRequired: true });
  }

  it('finds no error in any request or answer of the flows', async () => {
    await captures();
    await authorizations();
    await refunds();
    await renewals();
    await disputes();
    await vault();
    await sandbox.control('POST', 'clock', { advance: '1h' });
    const late = await create('Capture', '10.00', FULL);
    await approve(late);
    await sandbox.control('POST', `orders/${late}/expire`);
    await sdk.orders.getOrder({ id: late });

    await vi.waitFor(async () => {
      const { deliveries } = (await sandbox.control('GET', 'webhooks')).body;
      expect(deliveries.filter(({ state }) => state !== 'delivered')).toEqual([]);
    }, 20_000);
    const call = await caller(origin);
    const seen = new Set<string>();
    for (const { body, headers } of endpoint.received) {
      seen.add((JSON.parse(body) as { event_type: string }).event_type);
      const fields = {
        auth_algo: headers['paypal-auth-algo'],
        cert_url: headers['paypal-cert-url'],
        transmission_id: headers['paypal-transmission-id'],
        transmission_sig: headers['paypal-transmission-sig'],
        transmission_time: headers['paypal-transmission-time'],
        webhook_id: WEBHOOK_ID,
      };
      const text = `${JSON.stringify(fields).slice(0, -1)},"webhook_event":${body}}`;
      const verified = await call('POST', '/v1/notifications/verify-webhook-signature', text);
      expect(verified.body).toEqual({ verification_status: 'SUCCESS' });
    }

    expect(faulty(oracle)).toEqual([]);
    expect(seen.size).toBe(18);
    expect(new Set(oracle.verdicts.map(({ op }) => op)).size).toBe(21);
  }, 60_000);
});
