import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { caller, orderBody, startSandbox } from './support.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let call: Awaited<ReturnType<typeof caller>>;
beforeAll(async () => {
  sandbox = await startSandbox();
  call = await caller(sandbox.origin);
});
afterAll(() => sandbox.close());

interface Dispute {
  readonly dispute_id: string;
  readonly seller_response_due_date?: string;
  readonly items?: Dispute[];
  readonly links: { rel: string; href: string }[];
}
const read = async (path: string) => {
  const { body, status } = await call('GET', `/v1/customer/disputes${path}`);
  return { status, body: body as unknown as Dispute };
};

async function captured() {
  const id = (await call('POST', '/v2/checkout/orders', orderBody())).body.id;
  await sandbox.control('POST', `orders/${id}/approve`);
  const paid = await call('POST', `/v2/checkout/orders/${id}/capture`);
  const captureId = paid.body.purchase_units[0]?.payments.captures[0]?.id ?? '';
  const status = async () => (await call('GET', `/v2/payments/captures/${captureId}`)).body.status;
  const refund = async (value?: string) => {
    const body = value === undefined ? {} : { amount: { currency_code: 'EUR', value } };
    const made = await call('POST', `/v2/payments/captures/${captureId}/refund`, body);
    return made.body.details?.[0]?.issue ?? made.body.status;
  };
  return { id, captureId, status, refund };
}
async function dispute(body: object): Promise<string> {
  const made = await sandbox.control('POST', 'disputes', body);
  return (made.body as unknown as Dispute).dispute_id;
}
const events = async (id: string) =>
  ((await call('GET', '/v1/notifications/webhooks-events?page_size=300')).body as unknown as Events).events
    .filter(({ resource }) => resource.dispute_id === id)
    .map(({ event_type }) => event_type)
    .toReversed();
interface Events {
  readonly events: { event_type: string; resource: { dispute_id?: string } }[];
}

describe('a dispute', () => {
  it('is opened about a capture, by the id of its order', async () => {
    const paid = await captured();
    const id = await dispute({ ref: paid.id });
    const { body } = await read(`/${id}`);
    expect(body).toMatchObject({
      dispute_id: id,
      reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
      status: 'WAITING_FOR_SELLER_RESPONSE',
      dispute_state: 'OPEN_INQUIRIES',
      dispute_amount: { currency_code: 'EUR', value: '25.99' },
      dispute_life_cycle_stage: 'INQUIRY',
      disputed_transactions: [{ seller_transaction_id: paid.captureId, custom: 'pay_1' }],
    });
    expect(Date.parse(body.seller_response_due_date ?? '')).toBeGreaterThan(Date.now());
    expect(await events(id)).toEqual(['CUSTOMER.DISPUTE.CREATED']);
    expect(await paid.refund('1.00')).toBe('TRANSACTION_DISPUTED');
    expect(await paid.refund()).toBe('COMPLETED');
  });

  it('becomes a chargeback, which stops refunds, and is won', async () => {
    const paid = await captured();
    const id = await dispute({ ref: paid.captureId, reason: 'UNAUTHORISED', amount: '10.00' });
    await sandbox.control('POST', `disputes/${id}/update`, { stage: 'CHARGEBACK', status: 'UNDER_REVIEW' });
    expect((await read(`/${id}`)).body).toMatchObject({
      status: 'UNDER_REVIEW',
      dispute_state: 'UNDER_PAYPAL_REVIEW',
      dispute_life_cycle_stage: 'CHARGEBACK',
    });
    expect(await paid.refund()).toBe('REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK');
    const { body } = await sandbox.control('POST', `disputes/${id}/close`, { outcome: 'won' });
    expect(body).toMatchObject({
      status: 'RESOLVED',
      dispute_outcome: { outcome_code: 'RESOLVED_SELLER_FAVOUR' },
    });
    expect(body).not.toHaveProperty('seller_response_due_date');
    expect(await paid.status()).toBe('COMPLETED');
    expect(await paid.refund('1.00')).toBe('COMPLETED');
    const names = ['CREATED', 'UPDATED', 'RESOLVED'].map((what) => `CUSTOMER.DISPUTE.${what}`);
    expect(await events(id)).toEqual(names);
  });

  it('takes the money when it is lost, as far as it is still there', async () => {
    const paid = await captured();
    const id = await dispute({ ref: paid.captureId, amount: '20.00', stage: 'CHARGEBACK' });
    await sandbox.control('POST', `captures/${paid.captureId}/refund`, { amount: '15.99' });
    const { body } = await sandbox.control('POST', `disputes/${id}/close`, { outcome: 'lost' });
    expect(body).toMatchObject({
      dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR', amount_refunded: { value: '10.00' } },
    });
    expect(await paid.status()).toBe('REFUNDED');
    const taken = await call('GET', '/v1/notifications/webhooks-events?event_type=PAYMENT.CAPTURE.REVERSED');
    expect(taken.body).toMatchObject({ count: 1, events: [{ resource: { amount: { value: '10.00' } } }] });
  });

  it('is called off by the payer', async () => {
    const paid = await captured();
    const id = await dispute({ ref: paid.captureId });
    await sandbox.control('POST', `disputes/${id}/close`, { outcome: 'canceled' });
    expect((await read(`/${id}`)).body).toMatchObject({
      dispute_outcome: { outcome_code: 'CANCELED_BY_BUYER' },
    });
    expect(await paid.status()).toBe('COMPLETED');
  });
});

describe('lists', () => {
  it('go by transaction, state and time, page by page', async () => {
    const paid = await captured();
    const ids = [];
    for (let index = 0; index < 3; index += 1)
      ids.unshift(await dispute({ ref: paid.captureId, amount: '1.00' }));
    await sandbox.control('POST', `disputes/${ids[2]}/close`, { outcome: 'won' });
    const of = `?disputed_transaction_id=${paid.captureId}`;
    const found = async (more: string) =>
      ((await read(`${of}${more}`)).body.items ?? []).map(({ dispute_id: id }) => id);
    expect(await found('')).toEqual(ids);
    expect(await found('&dispute_state=OPEN_INQUIRIES')).toEqual(ids.slice(0, 2));
    expect(await found('&update_time_after=2999-01-01T00:00:00Z')).toEqual([]);
    const first = (await read(`${of}&page_size=2`)).body;
    expect(first.items?.map(({ dispute_id: id }) => id)).toEqual(ids.slice(0, 2));
    const next = first.links.find(({ rel }) => rel === 'next')?.href ?? '';
    const second = (await read(next.slice(next.indexOf('?')))).body;
    expect(second.items?.map(({ dispute_id: id }) => id)).toEqual(ids.slice(2));
    expect(second.links.map(({ rel }) => rel)).toEqual(['self']);
  });

  it.each(['page_size=51', 'page_size=x', 'start_time=yesterday', 'disputed_transaction_id=a-b'])(
    'refuse %s',
    async (query) => {
      const { body, status } = await call('GET', `/v1/customer/disputes?${query}`);
      expect([status, body.details?.[0]?.issue]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    },
  );
});

describe('refusals', () => {
  it('of disputes that are not there or not open', async () => {
    expect((await read('/PP-D-1')).status).toBe(404);
    const { captureId } = await captured();
    const id = await dispute({ ref: captureId });
    const close = () => sandbox.control('POST', `disputes/${id}/close`, { outcome: 'won' });
    expect([(await close()).status, (await close()).status]).toEqual([200, 400]);
  });

  it.each([
    ['disputes', { ref: 'NOSUCH' }, 404],
    ['disputes', { ref: 'ID', amount: '26.00' }, 400],
    ['disputes', { ref: 'ID', reason: 'ANGER' }, 400],
    ['disputes', {}, 400],
    ['disputes/PP-D-1/close', { outcome: 'won' }, 404],
    ['disputes/PP-D-1/update', {}, 404],
    ['disputes/PP-D-1/close', { outcome: 'drawn' }, 400],
  ])('%s with %j is a %d', async (path, body, status) => {
    const { captureId } = await captured();
    const text = JSON.stringify(body).replace('"ID"', `"${captureId}"`);
    expect((await sandbox.control('POST', path, text)).status).toBe(status);
  });
});
