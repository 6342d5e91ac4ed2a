import { VaultController, VaultTokenRequestType } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caller, clientAt, failure, FULL, startSandbox } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let call: Awaited<ReturnType<typeof caller>>;
let vault: VaultController;
beforeAll(async () => {
  sandbox = await startSandbox();
  call = await caller(sandbox.origin);
  vault = new VaultController(clientAt(sandbox.origin));
});
afterAll(() => sandbox.close());

let count = 0;
const key = () => `key-${(count += 1)}`;
const RETURN_URL = 'https://shop.example/return?cart=1';
const CANCEL_URL = 'https://shop.example/cancel';

async function setUp(customer?: { id?: string; merchantCustomerId?: string }, paypalRequestId = key()) {
  const made = await vault.createSetupToken({
    paypalRequestId,
    body: {
      ...(customer === undefined ? {} : { customer }),
      paymentSource: {
        paypal: {
          description: 'Socks every month',
          experienceContext: { returnUrl: RETURN_URL, cancelUrl: CANCEL_URL },
        },
      },
    },
  });
  return { statusCode: made.statusCode, result: made.result, id: made.result.id ?? '' };
}
const approve = (id: string) => sandbox.control('POST', `setup-tokens/${id}/approve`);
const keep = (id: string, paypalRequestId = key()) =>
  vault.createPaymentToken({
    paypalRequestId,
    body: { paymentSource: { token: { id, type: VaultTokenRequestType.SetupToken } } },
  });
async function saved(customer?: { id?: string; merchantCustomerId?: string }) {
  const { id } = await setUp(customer);
  await approve(id);
  return (await keep(id)).result;
}
const events = async (type: string) => {
  const { body } = await call('GET', `/v1/notifications/webhooks-events?page_size=300&event_type=${type}`);
  return (body as unknown as { events: { resource: { id: string } }[] }).events.map(
    ({ resource }) => resource.id,
  );
};

describe('a setup token', () => {
  it('waits for its payer, is approved, and saves the account once', async () => {
    const { id, result, statusCode } = await setUp({ merchantCustomerId: 'cus_1' });
    expect(statusCode).toBe(201);
    expect(result).toMatchObject({
      status: 'PAYER_ACTION_REQUIRED',
      customer: { merchantCustomerId: 'cus_1' },
      paymentSource: { paypal: { description: 'Socks every month' } },
    });
    expect(result.customer?.id).toMatch(/^customer_\d{10}$/);
    expect(result.links?.map(({ rel }) => rel)).toEqual(['approve', 'self']);
    expect(await failure(keep(id))).toMatchObject({ status: 422, issue: 'SETUP_TOKEN_NOT_APPROVED' });

    expect((await approve(id)).body).toMatchObject({
      status: 'APPROVED',
      redirect: `${RETURN_URL}&approval_token_id=${id}&approval_session_id=${id}`,
    });
    expect((await approve(id)).status).toBe(400);
    expect((await vault.getSetupToken(id)).result.status).toBe('APPROVED');

    const { result: token, statusCode: made } = await keep(id, 'keep-once');
    expect(made).toBe(201);
    expect(token).toMatchObject({
      customer: { id: result.customer?.id, merchantCustomerId: 'cus_1' },
      paymentSource: { paypal: { emailAddress: 'buyer@example.com', payerId: 'BUYERTEST2345' } },
    });
    const again = await keep(id, 'keep-once');
    expect([again.statusCode, again.result.id]).toEqual([200, token.id]);
    expect(await failure(keep(id))).toMatchObject({ issue: 'SETUP_TOKEN_ALREADY_USED' });
    expect((await vault.getSetupToken(id)).result.status).toBe('VAULTED');
    expect(await events('VAULT.PAYMENT-TOKEN.CREATED')).toContain(token.id);
  });

  it('is made once for a request id, and for none not at all', async () => {
    const [first, second] = [await setUp(undefined, 'once'), await setUp(undefined, 'once')];
    expect([first.statusCode, second.statusCode]).toEqual([201, 200]);
    expect(second.id).toBe(first.id);
    for (const path of ['setup-tokens', 'payment-tokens']) {
      const { body, status } = await call('POST', `/v3/vault/${path}`, { payment_source: { paypal: {} } });
      expect([status, body.details?.[0]?.issue]).toEqual([400, 'PAYPAL_REQUEST_ID_REQUIRED']);
    }
  });

  it('is answered on its page', async () => {
    const { id, result } = await setUp();
    const href = result.links?.[0]?.href ?? '';
    expect((await (await fetch(href)).text()).match(/<button/g)).toHaveLength(2);
    const press = (answer: string) =>
      fetch(href, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ answer }) });
    const session = `approval_token_id=${id}&approval_session_id=${id}`;
    expect((await press('cancel')).headers.get('location')).toBe(`${CANCEL_URL}?${session}`);
    expect((await press('approve')).headers.get('location')).toBe(`${RETURN_URL}&${session}`);
    expect((await press('approve')).status).toBe(400);
    expect(await (await fetch(href)).text()).toContain('the setup token is APPROVED');
    expect((await fetch(`${sandbox.origin}/agreements/approve?approval_session_id=X`)).status).toBe(404);
  });

  it('is forgotten after three days', async () => {
    const { id } = await setUp();
    await sandbox.control('POST', 'clock', { advance: '3d' });
    expect(await failure(vault.getSetupToken(id))).toMatchObject({ status: 404 });
  });
});

describe('a payment token', () => {
  it('is read, listed by customer and deleted', async () => {
    const first = await saved();
    const customer = first.customer?.id ?? '';
    const second = await saved({ id: customer });
    await saved();
    const list = async (more: object = {}) =>
      (await vault.listCustomerPaymentTokens({ customerId: customer, ...more })).result;
    expect((await list()).paymentTokens?.map(({ id }) => id)).toEqual([first.id, second.id]);
    const page = await list({ pageSize: 1, page: 2, totalRequired: true });
    expect(page).toMatchObject({ totalItems: 2, totalPages: 2, paymentTokens: [{ id: second.id }] });
    expect((await vault.getPaymentToken(first.id ?? '')).result.id).toBe(first.id);

    expect((await vault.deletePaymentToken(first.id ?? '')).statusCode).toBe(204);
    expect(await failure(vault.getPaymentToken(first.id ?? ''))).toMatchObject({ status: 404 });
    expect(await failure(vault.deletePaymentToken(first.id ?? ''))).toMatchObject({ status: 404 });
    expect((await sandbox.control('POST', `payment-tokens/${second.id}/delete`)).status).toBe(200);
    expect((await list()).paymentTokens).toEqual([]);
    expect(await events('VAULT.PAYMENT-TOKEN.DELETED')).toEqual([second.id, first.id]);
    expect((await call('GET', '/v3/vault/payment-tokens')).status).toBe(400);
  });

  const order = (vaultId: string, value: string, intent = 'CAPTURE') =>
    call(
      'POST',
      '/v2/checkout/orders',
      {
        intent,
        purchase_units: [{ invoice_id: `inv_${value}`, amount: { currency_code: 'EUR', value } }],
        payment_source: { paypal: { vault_id: vaultId } },
      },
      { 'paypal-request-id': key(), prefer: FULL },
    );

  it('pays orders at once', async () => {
    const { id = '' } = await saved();
    expect(await order(id, '12.00')).toMatchObject({
      status: 201,
      body: { status: 'COMPLETED', purchase_units: [{ payments: { captures: [{ status: 'COMPLETED' }] } }] },
    });
    expect(await order(id, '12.01', 'AUTHORIZE')).toMatchObject({
      body: {
        status: 'COMPLETED',
        purchase_units: [{ payments: { authorizations: [{ status: 'CREATED' }] } }],
      },
    });
    const issue = async (made: ReturnType<typeof order>) => (await made).body.details?.[0]?.issue;
    expect(await issue(order(id, '12.00'))).toBe('DUPLICATE_INVOICE_ID');
    expect(await issue(order(id, '100.02'))).toBe('INSTRUMENT_DECLINED');
    expect((await order('nosuch12', '12.02')).status).toBe(404);
  });
});

it.each([
  ['setup-tokens/NOSUCH/approve', {}, 404],
  ['setup-tokens/ID/approve', { sure: true }, 400],
  ['payment-tokens/NOSUCH/delete', {}, 404],
])('%s with %j is a %d', async (path, body, status) => {
  const { id } = await setUp();
  expect((await sandbox.control('POST', path.replace('ID', id), body)).status).toBe(status);
});
