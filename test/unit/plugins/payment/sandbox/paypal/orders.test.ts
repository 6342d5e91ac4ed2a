import { CheckoutPaymentIntent } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { caller, failure, FULL, orderBody, startSandbox } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let call: Awaited<ReturnType<typeof caller>>;
beforeAll(async () => {
  sandbox = await startSandbox();
  call = await caller(sandbox.origin);
});
afterAll(() => sandbox.close());

const RETURN_URL = 'https://shop.example/return?cart=1';
let count = 0;
const key = () => `key-${(count += 1)}`;

async function create(intent: 'Capture' | 'Authorize', value = '25.99', currencyCode = 'EUR') {
  const { result } = await sandbox.orders.createOrder({
    paypalRequestId: key(),
    prefer: FULL,
    body: {
      intent: CheckoutPaymentIntent[intent],
      purchaseUnits: [
        {
          customId: 'pay_1',
          invoiceId: `inv_${count}`,
          description: 'Socks',
          amount: { currencyCode, value },
        },
      ],
      paymentSource: {
        paypal: { experienceContext: { returnUrl: RETURN_URL, cancelUrl: 'https://shop.example/cancel' } },
      },
    },
  });
  return result;
}
const approve = (id = '', outcome?: string) =>
  sandbox.control('POST', `orders/${id}/approve`, outcome === undefined ? {} : { outcome });
const capture = (id = '', paypalRequestId = key()) =>
  sandbox.orders.captureOrder({ id, paypalRequestId, prefer: FULL });
const get = async (id = '') => (await sandbox.orders.getOrder({ id })).result;
const captureOf = async (id = '') => (await get(id)).purchaseUnits?.[0]?.payments?.captures?.[0];

async function authorized(value?: string, outcome?: string) {
  const { id } = await create('Authorize', value);
  await approve(id, outcome);
  const { result } = await sandbox.orders.authorizeOrder({
    id: id ?? '',
    paypalRequestId: key(),
    prefer: FULL,
  });
  const authorizationId = result.purchaseUnits?.[0]?.payments?.authorizations?.[0]?.id ?? '';
  const take = (amount?: string, finalCapture?: boolean) =>
    sandbox.payments.captureAuthorizedPayment({
      authorizationId,
      paypalRequestId: key(),
      prefer: FULL,
      body: {
        ...(amount === undefined ? {} : { amount: { currencyCode: 'EUR', value: amount } }),
        ...(finalCapture === undefined ? {} : { finalCapture }),
      },
    });
  const status = async () =>
    (await sandbox.payments.getAuthorizedPayment({ authorizationId })).result.status as string;
  return { id: id ?? '', authorizationId, take, status };
}

describe('an order to be captured', () => {
  it('waits for its payer, then is captured once', async () => {
    const order = await create('Capture');
    expect(order).toMatchObject({ status: 'PAYER_ACTION_REQUIRED', intent: 'CAPTURE' });
    expect(order.links?.map(({ rel }) => rel)).toEqual(['self', 'payer-action']);
    expect(await failure(capture(order.id))).toMatchObject({ status: 422, issue: 'ORDER_NOT_APPROVED' });

    const { body } = await approve(order.id);
    expect(body).toMatchObject({
      status: 'APPROVED',
      redirect: `${RETURN_URL}&token=${order.id}&PayerID=BUYERTEST2345`,
    });
    const { result, statusCode } = await capture(order.id);
    expect(statusCode).toBe(201);
    expect(result).toMatchObject({
      status: 'COMPLETED',
      purchaseUnits: [
        {
          customId: 'pay_1',
          amount: { currencyCode: 'EUR', value: '25.99' },
          payments: { captures: [{ status: 'COMPLETED', finalCapture: true, amount: { value: '25.99' } }] },
        },
      ],
    });
    expect(await failure(capture(order.id))).toMatchObject({ status: 422, issue: 'ORDER_ALREADY_CAPTURED' });
    const made = await captureOf(order.id);
    const found = await sandbox.payments.getCapturedPayment({ captureId: made?.id ?? '' });
    expect(found.result).toMatchObject({
      id: made?.id,
      customId: 'pay_1',
      supplementaryData: { relatedIds: { orderId: order.id } },
      sellerReceivableBreakdown: { paypalFee: { value: '1.40' }, netAmount: { value: '24.59' } },
    });
  });

  it('has the approve link of old when no payment source was named', async () => {
    const { body, status } = await call('POST', '/v2/checkout/orders', orderBody());
    expect(status).toBe(201);
    expect(body).toEqual({ id: body.id, status: 'CREATED', links: body.links });
    expect(body.links.map(({ rel }) => rel)).toEqual(['self', 'approve', 'capture']);
  });

  it('shows little of itself by default', async () => {
    const { body } = await call('POST', '/v2/checkout/orders', orderBody());
    await approve(body.id);
    const paid = await call('POST', `/v2/checkout/orders/${body.id}/capture`, {});
    expect(Object.keys(paid.body)).toEqual([
      'id',
      'status',
      'payment_source',
      'purchase_units',
      'payer',
      'links',
    ]);
    expect(Object.keys(paid.body.purchase_units[0] ?? {})).toEqual(['reference_id', 'payments']);
  });

  it.each([
    ['JPY', '2599', '2599'],
    ['EUR', '25', '25.00'],
    ['EUR', '.5', '0.50'],
    ['EUR', '0.1', '0.10'],
    ['HUF', '7', '7'],
  ])('in %s keeps %s as %s', async (currency, value, kept) => {
    const order = await create('Capture', value, currency);
    expect(order.purchaseUnits?.[0]?.amount).toMatchObject({ currencyCode: currency, value: kept });
    await approve(order.id);
    await capture(order.id);
    expect(await captureOf(order.id)).toMatchObject({ amount: { currencyCode: currency, value: kept } });
  });

  it('cannot pay an invoice twice', async () => {
    const [first, second] = [orderBody(), orderBody()];
    const [one, two] = [first.purchase_units[0], second.purchase_units[0]];
    if (one && two) two.invoice_id = one.invoice_id;
    const ids: string[] = [];
    for (const body of [first, second]) {
      const made = await call('POST', '/v2/checkout/orders', body);
      await approve(made.body.id);
      ids.push(made.body.id);
    }
    await capture(ids[0]);
    expect(await failure(capture(ids[1]))).toMatchObject({ issue: 'DUPLICATE_INVOICE_ID' });
    expect((await get(ids[1])).status).toBe('APPROVED');
  });
});

describe('the same request again', () => {
  it('gets the latest status with 200 and acts no second time', async () => {
    const order = await create('Capture');
    await approve(order.id, 'review');
    const first = await capture(order.id, 'again');
    const made = await captureOf(order.id);
    expect(made?.status).toBe('PENDING');
    await sandbox.control('POST', `captures/${made?.id}/settle`, { result: 'completed' });
    const second = await capture(order.id, 'again');
    expect([first.statusCode, second.statusCode]).toEqual([201, 200]);
    expect(second.result.purchaseUnits?.[0]?.payments?.captures).toMatchObject([
      { id: made?.id, status: 'COMPLETED' },
    ]);
    const { body } = await sandbox.control('GET', 'requests?idempotencyKey=again');
    expect(body.requests).toMatchObject([{ replayed: false }, { replayed: true, status: 200 }]);
  });

  it('sees a created order as it is now, whatever the order of its members', async () => {
    const body = orderBody();
    const headers = { 'paypal-request-id': 'twice' };
    const first = await call('POST', '/v2/checkout/orders', body, headers);
    await approve(first.body.id);
    const { intent, ...rest } = body;
    const second = await call('POST', '/v2/checkout/orders', { ...rest, intent }, headers);
    expect(second).toMatchObject({ status: 200, body: { id: first.body.id, status: 'APPROVED' } });
  });

  it('is refused when it asks for something else', async () => {
    const headers = { 'paypal-request-id': 'other' };
    await call('POST', '/v2/checkout/orders', orderBody('CAPTURE', '1.00'), headers);
    const other = await call('POST', '/v2/checkout/orders', orderBody('CAPTURE', '2.00'), headers);
    expect(other).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'PAYPAL_REQUEST_ID_PREVIOUSLY_USED' }] },
    });
  });

  it('is new after a refusal, and once the id is forgotten', async () => {
    const order = await create('Capture');
    expect(await failure(capture(order.id, 'retry'))).toMatchObject({ issue: 'ORDER_NOT_APPROVED' });
    await approve(order.id);
    expect((await capture(order.id, 'retry')).statusCode).toBe(201);

    const body = orderBody();
    const headers = { 'paypal-request-id': 'old' };
    const before = await call('POST', '/v2/checkout/orders', body, headers);
    await sandbox.control('POST', 'clock', { advance: '6h' });
    const after = await call('POST', '/v2/checkout/orders', body, headers);
    expect(after.status).toBe(201);
    expect(after.body.id).not.toBe(before.body.id);
  });

  it('waits for the first to be answered', async () => {
    await sandbox.control('POST', 'faults', { path: '/v2/checkout/orders', delayMs: 300 });
    const body = orderBody();
    const headers = { 'paypal-request-id': 'busy' };
    const first = call('POST', '/v2/checkout/orders', body, headers);
    await vi.waitFor(async () => {
      expect((await sandbox.control('GET', 'faults')).body.faults).toEqual([]);
    });
    const second = await call('POST', '/v2/checkout/orders', body, headers);
    expect(second).toMatchObject({
      status: 409,
      body: { name: 'RESOURCE_CONFLICT', details: [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }] },
    });
    expect((await first).status).toBe(201);
  });
});

describe('an instrument that is declined', () => {
  it('sends the payer back once at 100.01, and another approval helps', async () => {
    const order = await create('Capture', '100.01');
    await approve(order.id);
    const { body, ...declined } = await failure(capture(order.id));
    expect(declined).toEqual({ status: 422, issue: 'INSTRUMENT_DECLINED', name: 'UNPROCESSABLE_ENTITY' });
    const again = body.links.find(({ rel }) => rel === 'redirect');
    expect(again?.href).toBe(`${sandbox.origin}/checkoutnow?token=${order.id}`);
    const waiting = await get(order.id);
    expect(waiting).toMatchObject({ status: 'PAYER_ACTION_REQUIRED' });
    expect(waiting.links?.map(({ rel }) => rel)).toContain('payer-action');
    await approve(order.id);
    expect((await capture(order.id)).result.status).toBe('COMPLETED');
  });

  it('is declined each time at 100.02, and when an order is authorized', async () => {
    const order = await create('Authorize', '100.02');
    for (const _ of [1, 2]) {
      await approve(order.id);
      const authorize = sandbox.orders.authorizeOrder({ id: order.id ?? '', paypalRequestId: key() });
      expect(await failure(authorize)).toMatchObject({ issue: 'INSTRUMENT_DECLINED' });
    }
    await approve(order.id, 'succeeds');
    await sandbox.orders.authorizeOrder({ id: order.id ?? '', paypalRequestId: key() });
  });
});

describe('a capture that takes its time', () => {
  it.each([
    ['100.03', 'ECHECK', 'COMPLETED'],
    ['100.04', 'ECHECK', 'DECLINED'],
  ])('at %s is pending for %s, then %s', async (value, reason, end) => {
    const order = await create('Capture', value);
    await approve(order.id);
    const { result } = await capture(order.id);
    expect(result.status).toBe('COMPLETED');
    expect(await captureOf(order.id)).toMatchObject({ status: 'PENDING', statusDetails: { reason } });
    await sandbox.control('POST', 'clock', { advance: '2s' });
    expect(await captureOf(order.id)).toMatchObject({ status: end });
    expect((await captureOf(order.id))?.statusDetails).toBeUndefined();
  });

  it.each([
    ['completed', 'COMPLETED'],
    ['denied', 'DECLINED'],
  ])('at 100.05 is under review until a control says %s', async (result, end) => {
    const order = await create('Capture', '100.05');
    await approve(order.id);
    await capture(order.id);
    await sandbox.control('POST', 'clock', { advance: '1d' });
    const pending = await captureOf(order.id);
    expect(pending).toMatchObject({ status: 'PENDING', statusDetails: { reason: 'PENDING_REVIEW' } });
    const settle = () => sandbox.control('POST', `captures/${pending?.id}/settle`, { result });
    expect((await settle()).body).toMatchObject({ status: end });
    expect((await captureOf(order.id))?.status).toBe(end);
    expect(await settle()).toMatchObject({ status: 400 });
  });

  it('at 100.06 is declined at once', async () => {
    const order = await create('Capture', '100.06');
    await approve(order.id);
    const { result, statusCode } = await capture(order.id);
    expect([statusCode, result.status]).toEqual([201, 'COMPLETED']);
    expect((await captureOf(order.id))?.status).toBe('DECLINED');
  });
});

describe('an order to be authorized', () => {
  it('is captured in parts until nothing is left', async () => {
    const held = await authorized();
    expect(await held.status()).toBe('CREATED');
    const first = await held.take('10.00');
    expect(first).toMatchObject({
      statusCode: 201,
      result: {
        status: 'COMPLETED',
        finalCapture: false,
        amount: { value: '10.00' },
        supplementaryData: { relatedIds: { orderId: held.id, authorizationId: held.authorizationId } },
      },
    });
    expect(await held.status()).toBe('PARTIALLY_CAPTURED');
    expect(await failure(held.take('19.89'))).toMatchObject({ issue: 'MAX_CAPTURE_AMOUNT_EXCEEDED' });
    const rest = await held.take();
    expect(rest.result).toMatchObject({ amount: { value: '15.99' }, finalCapture: true });
    expect(await held.status()).toBe('CAPTURED');
    expect(await failure(held.take('1.00'))).toMatchObject({ issue: 'AUTHORIZATION_ALREADY_CAPTURED' });
    const payments = (await get(held.id)).purchaseUnits?.[0]?.payments;
    expect(payments?.captures?.map(({ id }) => id)).toEqual([first.result.id, rest.result.id]);
    const release = sandbox.payments.voidPayment({ authorizationId: held.authorizationId });
    expect(await failure(release)).toMatchObject({ issue: 'PREVIOUSLY_CAPTURED' });
  });

  it('gives up to 115 % of its amount, and not more than 75 on top', async () => {
    for (const [value, most, more] of [
      ['25.99', '29.88', '29.89'],
      ['1000.00', '1075.00', '1075.01'],
    ]) {
      const held = await authorized(value);
      expect(await failure(held.take(more))).toMatchObject({ issue: 'MAX_CAPTURE_AMOUNT_EXCEEDED' });
      expect((await held.take(most)).result).toMatchObject({ amount: { value: most }, finalCapture: true });
      expect(await held.status()).toBe('CAPTURED');
    }
  });

  it('is done with a final capture of a part', async () => {
    const held = await authorized();
    expect((await held.take('10.00', true)).result.finalCapture).toBe(true);
    expect(await held.status()).toBe('CAPTURED');
  });

  it('shows little of a capture by default, and takes one without a body', async () => {
    const held = await authorized();
    const { authorizationId } = held;
    const { result } = await sandbox.payments.captureAuthorizedPayment({
      authorizationId,
      paypalRequestId: key(),
    });
    expect(Object.keys(result).sort()).toEqual(['id', 'links', 'status']);
    expect(await held.status()).toBe('CAPTURED');
  });

  it('can be released, all or what is left', async () => {
    for (const part of [undefined, '10.00']) {
      const held = await authorized();
      if (part !== undefined) await held.take(part);
      const { authorizationId } = held;
      const release = { authorizationId, paypalRequestId: key() };
      expect((await sandbox.payments.voidPayment(release)).statusCode).toBe(204);
      expect(await held.status()).toBe('VOIDED');
      expect((await sandbox.payments.voidPayment(release)).statusCode).toBe(204);
      const seen = await sandbox.payments.voidPayment({ ...release, prefer: FULL });
      expect(seen).toMatchObject({ statusCode: 200, result: { status: 'VOIDED' } });
      const again = sandbox.payments.voidPayment({ authorizationId, paypalRequestId: key() });
      expect(await failure(again)).toMatchObject({ issue: 'PREVIOUSLY_VOIDED' });
      expect(await failure(held.take('1.00'))).toMatchObject({ issue: 'AUTHORIZATION_VOIDED' });
    }
  });

  it('expires after 29 days', async () => {
    const held = await authorized();
    await sandbox.control('POST', 'clock', { advance: '28d' });
    expect(await held.status()).toBe('CREATED');
    await sandbox.control('POST', 'clock', { advance: '1d' });
    expect(await held.status()).toBe('VOIDED');
    expect(await failure(held.take('1.00'))).toMatchObject({ issue: 'AUTHORIZATION_EXPIRED' });
  });

  it('can be renewed once after its honor period, and still ends on day 29', async () => {
    const held = await authorized();
    const { authorizationId } = held;
    const renew = (id: string, value?: string, currencyCode = 'EUR') =>
      sandbox.payments.reauthorizePayment({
        authorizationId: id,
        paypalRequestId: key(),
        prefer: FULL,
        ...(value === undefined ? {} : { body: { amount: { currencyCode, value } } }),
      });
    expect(await failure(renew(authorizationId))).toMatchObject({ issue: 'REAUTHORIZATION_TOO_SOON' });
    await sandbox.control('POST', 'clock', { advance: '3d' });
    expect(await failure(renew(authorizationId, '29.89'))).toMatchObject({
      issue: 'AUTHORIZATION_AMOUNT_EXCEEDED',
    });
    expect(await failure(renew(authorizationId, '1.00', 'USD'))).toMatchObject({
      issue: 'AUTH_CURRENCY_MISMATCH',
    });
    const before = (await sandbox.payments.getAuthorizedPayment({ authorizationId })).result;
    const { result, statusCode } = await renew(authorizationId, '29.88');
    expect(statusCode).toBe(201);
    expect(result).toMatchObject({ status: 'CREATED', amount: { value: '29.88' } });
    expect(result.expirationTime).toBe(before.expirationTime);
    expect(result.id).not.toBe(authorizationId);
    expect(await held.status()).toBe('VOIDED');
    const shown = (await get(held.id)).purchaseUnits?.[0]?.payments?.authorizations;
    expect(shown?.map(({ id }) => id)).toEqual([result.id, authorizationId]);
    expect(await failure(renew(result.id ?? ''))).toMatchObject({ issue: 'REAUTHORIZATION_NOT_SUPPORTED' });
    await sandbox.control('POST', 'clock', { advance: '26d' });
    const renewed = await sandbox.payments.getAuthorizedPayment({ authorizationId: result.id ?? '' });
    expect(renewed.result.status).toBe('VOIDED');
    expect(await failure(renew(result.id ?? ''))).toMatchObject({ issue: 'AUTHORIZATION_EXPIRED' });
  });

  it('gets back what a denied capture had taken', async () => {
    const held = await authorized(undefined, 'review');
    const { result } = await held.take('10.00', true);
    expect([result.status, await held.status()]).toEqual(['PENDING', 'CAPTURED']);
    await sandbox.control('POST', `captures/${result.id}/settle`, { result: 'denied' });
    expect(await held.status()).toBe('CREATED');
    expect((await held.take('25.99')).result.status).toBe('PENDING');
  });

  it('takes ten captures and no more', async () => {
    const held = await authorized();
    for (let index = 0; index < 10; index += 1) await held.take('1.00');
    expect(await failure(held.take('1.00'))).toMatchObject({ issue: 'MAX_CAPTURE_COUNT_EXCEEDED' });
  });

  it('is not captured in another currency', async () => {
    const { authorizationId } = await authorized();
    const amount = { currencyCode: 'USD', value: '1.00' };
    const take = sandbox.payments.captureAuthorizedPayment({ authorizationId, body: { amount } });
    expect(await failure(take)).toMatchObject({ issue: 'AUTH_CAPTURE_CURRENCY_MISMATCH' });
  });
});

it('refuses what the intent does not allow', async () => {
  const [toCapture, toAuthorize] = [await create('Capture'), await create('Authorize')];
  const authorize = sandbox.orders.authorizeOrder({ id: toCapture.id ?? '', paypalRequestId: key() });
  for (const wrong of [authorize, capture(toAuthorize.id)]) {
    expect(await failure(wrong)).toMatchObject({ status: 422, issue: 'ACTION_DOES_NOT_MATCH_INTENT' });
  }
});
