import { TransactionSearchController } from '@paypal/paypal-server-sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { receiver } from '../support.ts';
import { caller, clientAt, orderBody, startSandbox } from './support.ts';

let endpoint: Awaited<ReturnType<typeof receiver>>;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let call: Awaited<ReturnType<typeof caller>>;
beforeAll(async () => {
  endpoint = await receiver();
  sandbox = await startSandbox({ webhookUrl: endpoint.url });
  call = await caller(sandbox.origin);
});
afterAll(async () => {
  await sandbox.close();
  await endpoint.close();
});

async function captured(value?: string) {
  const body = orderBody('CAPTURE', value);
  const id = (await call('POST', '/v2/checkout/orders', body)).body.id;
  await sandbox.control('POST', `orders/${id}/approve`);
  const paid = await call('POST', `/v2/checkout/orders/${id}/capture`);
  const captureId = paid.body.purchase_units[0]?.payments.captures[0]?.id ?? '';
  return { id, captureId, invoiceId: body.purchase_units[0]?.invoice_id };
}

interface Recorded {
  readonly id: string;
  readonly event_type: string;
  readonly transmissions?: { status: string; http_status?: number }[];
}
interface Page {
  readonly events: Recorded[];
  readonly count: number;
  readonly links: { rel: string; href: string }[];
}
const EVENTS = '/v1/notifications/webhooks-events';
const page = async (query: string) => (await call('GET', `${EVENTS}?${query}`)).body as unknown as Page;

describe('webhook events', () => {
  it('are listed page by page, newest first, with what became of them', async () => {
    const { id } = await captured();
    const all = (await page('page_size=300')).events;
    expect(all.slice(0, 3).map(({ event_type }) => event_type)).toEqual([
      'CHECKOUT.ORDER.COMPLETED',
      'PAYMENT.CAPTURE.COMPLETED',
      'CHECKOUT.ORDER.APPROVED',
    ]);
    const collected: string[] = [];
    for (let query = 'page_size=1&start_time=2020-01-01T00:00:00Z'; query !== '';) {
      const { count, events, links } = await page(query);
      expect(count).toBe(1);
      collected.push(...events.map((event) => event.id));
      const next = links.find(({ rel }) => rel === 'next')?.href ?? '?';
      query = next.slice(next.indexOf('?') + 1);
    }
    expect(collected).toEqual(all.map((event) => event.id));
    expect((await page(`transaction_id=${id}`)).events).toHaveLength(2);
    expect((await page('start_time=2999-01-01T00:00:00Z')).events).toEqual([]);
    expect((await page('end_time=2020-01-01T00:00:00%2B00:00')).events).toEqual([]);
    expect((await call('GET', `${EVENTS}?start_time=now`)).status).toBe(400);
    await vi.waitFor(async () => {
      const [one] = (await page('event_type=CHECKOUT.ORDER.APPROVED')).events;
      expect(one?.transmissions).toMatchObject([{ status: 'SUCCESS', http_status: 200 }]);
    });
  });

  it('that were lost are failures, and can be sent again', async () => {
    await sandbox.control('POST', 'webhooks', { mode: 'drop' });
    const { captureId } = await captured();
    await sandbox.control('POST', 'webhooks', { mode: 'auto' });
    const [lost] = (await page(`transaction_id=${captureId}`)).events;
    expect(lost?.transmissions).toMatchObject([{ status: 'FAILURE' }]);
    const path = `${EVENTS}/${lost?.id}`;
    const sent = await call('POST', `${path}/resend`, {});
    expect(sent).toMatchObject({ status: 202, body: { id: lost?.id } });
    await vi.waitFor(async () => {
      const { body } = await call('GET', path);
      const statuses = (body as unknown as Recorded).transmissions?.map(({ status }) => status);
      expect(statuses).toEqual(['FAILURE', 'SUCCESS']);
    });
    expect(endpoint.received.some(({ body }) => (JSON.parse(body) as Recorded).id === lost?.id)).toBe(true);
    expect((await call('POST', `${path}/resend`, { webhook_ids: ['OTHER'] })).status).toBe(404);
    expect((await call('GET', `${EVENTS}/WH-NO-SUCH`)).status).toBe(404);
    expect((await call('POST', `${EVENTS}/WH-NO-SUCH/resend`, {})).status).toBe(404);
  });
});

describe('transaction search', () => {
  const hour = 3_600_000;
  const search = (more: object = {}) =>
    new TransactionSearchController(clientAt(sandbox.origin)).searchTransactions({
      startDate: new Date(Date.now() - hour).toISOString(),
      endDate: new Date(Date.now() + hour).toISOString(),
      ...more,
    });

  it('finds payments, refunds and reversals', async () => {
    const { captureId, invoiceId } = await captured('80.00');
    await sandbox.control('POST', `captures/${captureId}/refund`, { amount: '30.00' });
    await sandbox.control('POST', `captures/${captureId}/reverse`, { amount: '20.00' });
    const { result } = await search({ fields: 'all' });
    const mine = (result.transactionDetails ?? [])
      .map(({ transactionInfo }) => transactionInfo)
      .filter((info) => info?.transactionId === captureId || info?.paypalReferenceId === captureId);
    expect(mine).toMatchObject([
      {
        transactionEventCode: 'T0006',
        transactionStatus: 'S',
        transactionAmount: { currencyCode: 'EUR', value: '80.00' },
        feeAmount: { value: '-3.28' },
        customField: 'pay_1',
        invoiceId,
      },
      { transactionEventCode: 'T1107', transactionAmount: { value: '-30.00' }, paypalReferenceIdType: 'TXN' },
      { transactionEventCode: 'T1106', transactionAmount: { value: '-20.00' } },
    ]);
    const [first] = result.transactionDetails ?? [];
    expect(first?.payerInfo?.emailAddress).toBe('buyer@example.com');
  });

  it('filters and pages', async () => {
    await captured();
    const total = (await search()).result.totalItems ?? 0;
    const second = (await search({ pageSize: 1, page: 2 })).result;
    expect(second).toMatchObject({ page: 2, totalItems: total, totalPages: total });
    expect(second.links?.map(({ rel }) => rel)).toEqual(expect.arrayContaining(['self', 'first', 'prev']));
    const refunds = (await search({ transactionType: 'T1107' })).result.transactionDetails ?? [];
    expect(refunds).toHaveLength(1);
    expect((await search({ transactionCurrency: 'USD' })).result.transactionDetails).toEqual([]);
    expect((await search({ transactionStatus: 'D' })).result.transactionDetails).toEqual([]);
  });

  it.each([
    ['', 'MISSING_REQUIRED_PARAMETER'],
    ['start_date=2026-01-01T00:00:00Z&end_date=2026-02-02T00:00:00Z', 'INVALID_DATE_RANGE'],
    ['start_date=2026-01-02T00:00:00Z&end_date=2026-01-01T00:00:00Z', 'INVALID_DATE_RANGE'],
    [
      'start_date=2026-01-01T00:00:00Z&end_date=2026-01-02T00:00:00Z&page_size=501',
      'INVALID_PARAMETER_VALUE',
    ],
  ])('refuses %s', async (query, issue) => {
    const { body, status } = await call('GET', `/v1/reporting/transactions?${query}`);
    expect([status, body.details?.[0]?.issue]).toEqual([400, issue]);
  });
});
