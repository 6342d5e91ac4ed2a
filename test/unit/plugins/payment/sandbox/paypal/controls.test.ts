import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caller, failure, orderBody, sdkAt, startSandbox } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let call: Awaited<ReturnType<typeof caller>>;
beforeEach(async () => {
  sandbox = await startSandbox();
  call = await caller(sandbox.origin);
});
afterEach(() => sandbox.close());

const RETURN_URL = 'https://shop.example/return';
const CANCEL_URL = 'https://shop.example/cancel?cart=1';

async function create(urls = true): Promise<string> {
  const context = { return_url: RETURN_URL, cancel_url: CANCEL_URL };
  const body = { ...orderBody(), ...(urls ? { application_context: context } : {}) };
  return (await call('POST', '/v2/checkout/orders', body)).body.id;
}
const answer = (id: string, what: string, body?: unknown) =>
  sandbox.control('POST', `orders/${id}/${what}`, body);
const status = async (id: string) => (await call('GET', `/v2/checkout/orders/${id}`)).body.status;

describe('the payer', () => {
  it('approves once', async () => {
    const id = await create();
    expect(await answer(id, 'approve')).toMatchObject({
      status: 200,
      body: { id, status: 'APPROVED', payer: { payer_id: 'BUYERTEST2345' } },
    });
    const again = await answer(id, 'approve');
    expect(again).toMatchObject({
      status: 400,
      body: { error: { message: `${id} is APPROVED; only an order that waits can be approved` } },
    });
  });

  it('turns back and leaves an order that waits as it is', async () => {
    const id = await create();
    const { body } = await answer(id, 'decline');
    expect(body).toMatchObject({ status: 'CREATED', redirect: `${CANCEL_URL}&token=${id}` });
    await answer(id, 'approve');
    expect((await answer(id, 'decline')).body).toMatchObject({ status: 'VOIDED' });
    expect(await status(id)).toBe('VOIDED');
    expect((await answer(id, 'decline')).status).toBe(400);
    expect((await answer(id, 'approve')).status).toBe(400);
  });

  it.each(['expire', 'clock'])('never comes, and the order is gone (%s)', async (how) => {
    const id = await create();
    if (how === 'clock') await sandbox.control('POST', 'clock', { advance: '3h' });
    else expect((await answer(id, 'expire')).body).toEqual({ id, found: false });
    expect(await call('GET', `/v2/checkout/orders/${id}`)).toMatchObject({
      status: 404,
      body: { name: 'RESOURCE_NOT_FOUND', details: [{ issue: 'INVALID_RESOURCE_ID' }] },
    });
    expect((await answer(id, 'approve')).status).toBe(404);
  });

  it('has three hours more once an order is approved, and no end once it is paid', async () => {
    const id = await create();
    await sandbox.control('POST', 'clock', { advance: '179m' });
    await answer(id, 'approve');
    await sandbox.control('POST', 'clock', { advance: '179m' });
    expect((await call('POST', `/v2/checkout/orders/${id}/capture`)).status).toBe(201);
    await sandbox.control('POST', 'clock', { advance: '30d' });
    expect(await status(id)).toBe('COMPLETED');
    expect((await answer(id, 'expire')).status).toBe(400);
  });
});

describe('the payer’s page', () => {
  const page = (id: string) => `${sandbox.origin}/checkoutnow?token=${id}`;
  const press = (id: string, button: string) =>
    fetch(page(id), { method: 'POST', redirect: 'manual', body: new URLSearchParams({ answer: button }) });

  it('shows the amount and three buttons while the order waits', async () => {
    const id = await create();
    const response = await fetch(page(id));
    const html = await response.text();
    expect(response.headers.get('content-security-policy')).toBe("default-src 'none'");
    expect(html).toContain('25.99 EUR');
    expect(html.match(/<button/g)).toHaveLength(3);
    await answer(id, 'approve');
    expect(await (await fetch(page(id))).text()).toContain('the order is APPROVED');
  });

  it.each([
    ['approve', `${RETURN_URL}?token=ID&PayerID=BUYERTEST2345`, 'APPROVED'],
    ['cancel', `${CANCEL_URL}&token=ID`, 'CREATED'],
  ])('sends the browser on after %s', async (button, target, expected) => {
    const id = await create();
    const response = await press(id, button);
    expect([response.status, response.headers.get('location')]).toEqual([303, target.replace('ID', id)]);
    expect(await status(id)).toBe(expected);
  });

  it('stays when the merchant named no URL, and can choose a bad instrument', async () => {
    const id = await create(false);
    const response = await press(id, 'approve-declined');
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('APPROVED')]);
    const declined = await failure(sandbox.orders.captureOrder({ id }));
    expect(declined.issue).toBe('INSTRUMENT_DECLINED');
  });

  it('refuses other orders and other answers', async () => {
    expect((await fetch(page('NOSUCH'))).status).toBe(404);
    const id = await create();
    expect((await press(id, 'shout')).status).toBe(400);
    await press(id, 'approve');
    expect((await press(id, 'approve')).status).toBe(400);
  });
});

describe('faults', () => {
  const pay = async () => {
    const id = await create();
    await answer(id, 'approve');
    return () => sandbox.orders.captureOrder({ id, paypalRequestId: `pay-${id}` });
  };

  it('answer in PayPal’s words', async () => {
    const capture = await pay();
    for (const [code, name] of [
      [429, 'RATE_LIMIT_REACHED'],
      [500, 'INTERNAL_SERVER_ERROR'],
      [503, 'SERVICE_UNAVAILABLE'],
    ] as const) {
      await sandbox.control('POST', 'faults', { path: '/capture', status: code });
      expect(await failure(capture())).toMatchObject({ status: code, name });
    }
    await sandbox.control('POST', 'faults', { path: '/capture', status: 401 });
    expect(await failure(capture())).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    expect((await capture()).statusCode).toBe(201);
  });

  it('cut the connection after acting, and the same id finds what was made', async () => {
    const capture = await pay();
    await sandbox.control('POST', 'faults', { path: '/capture', after: true });
    await expect(capture()).rejects.toMatchObject({ code: 'ECONNRESET' });
    const { result, statusCode } = await capture();
    expect(statusCode).toBe(200);
    expect(result.purchaseUnits?.[0]?.payments?.captures).toHaveLength(1);
  });

  it('strike the token too', async () => {
    await sandbox.control('POST', 'faults', { path: 'oauth2', status: 500 });
    const { orders } = sdkAt(sandbox.origin);
    await expect(orders.getOrder({ id: await create() })).rejects.toThrow();
    expect((await sandbox.control('GET', 'requests?path=oauth2&status=500')).body.count).toBe(1);
  });
});

describe('the rest', () => {
  it('is healthy', async () => {
    expect((await sandbox.control('GET', 'health')).body).toMatchObject({ status: 'ok', provider: 'paypal' });
  });

  it('forgets everything on reset but the clients’ tokens', async () => {
    const id = await create();
    await sandbox.control('POST', 'reset');
    expect((await sandbox.control('GET', 'requests')).body.count).toBe(0);
    expect((await call('GET', `/v2/checkout/orders/${id}`)).status).toBe(404);
  });

  it('logs requests without their secrets', async () => {
    const id = await create();
    await call('GET', `/v2/checkout/orders/${id}`);
    const { body } = await sandbox.control('GET', 'requests');
    expect(body.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/oauth2/token',
      'POST /v2/checkout/orders',
      `GET /v2/checkout/orders/${id}`,
    ]);
    expect(JSON.stringify(body)).not.toMatch(/secret_unit|A21AA/);
  });

  it.each([
    ['orders/ID/approve', { outcome: 'maybe' }, 400],
    ['orders/ID/approve', { outcom: 'echeck' }, 400],
    ['orders/ID/decline', { why: 'x' }, 400],
    ['orders/ID/expire', '{', 400],
    ['orders/NOSUCH/approve', {}, 404],
    ['orders/NOSUCH/decline', {}, 404],
    ['orders/NOSUCH/expire', {}, 404],
    ['captures/NOSUCH/settle', { result: 'completed' }, 404],
    ['captures/NOSUCH/settle', { result: 'perhaps' }, 400],
  ])('%s with %j is a %d', async (path, body, code) => {
    const got = await sandbox.control('POST', path.replace('ID', await create()), body);
    expect(got.status).toBe(code);
    expect(got.body.error?.message).not.toBe('');
  });

  it('lists the controls when there is none of the name', async () => {
    const { body } = await sandbox.control('POST', 'nothing');
    for (const part of [
      '/__sandbox/orders/{id}/approve',
      '/__sandbox/captures/{id}/settle',
      '/__sandbox/faults',
    ])
      expect(body.error?.message).toContain(part);
  });
});
