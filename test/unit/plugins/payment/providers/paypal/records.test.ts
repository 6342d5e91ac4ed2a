import type { SearchResponse, TransactionInformation } from '@paypal/paypal-server-sdk';
import { describe, expect, it } from 'vitest';
import { createId } from '../../../../../../plugins/payment/engine/model/ids.ts';
import type { PayPalConnection } from '../../../../../../plugins/payment/providers/paypal/client.ts';
import { payPalRecords } from '../../../../../../plugins/payment/providers/paypal/records.ts';

const call = { budgetMs: 5_000 };
const paymentId = createId('pay', Date.now());
const unused = async () => {
  throw new Error('not asked for');
};

describe('missed events', () => {
  const record = (id: string, statuses: readonly string[], type = 'CUSTOMER.DISPUTE.CREATED') => ({
    id,
    event_type: type,
    resource: { dispute_id: 'PP-D-1' },
    transmissions: statuses.map((status) => ({ status })),
  });

  it('are those that did not get through, of a kind that matters here, page by page', async () => {
    const paths: string[] = [];
    const answer = {
      events: [
        record('WH-ok', ['SUCCESS']),
        record('WH-again', ['FAILURE', 'SUCCESS']),
        record('WH-pending', ['PENDING']),
        record('WH-untold', []),
        record('WH-other', ['FAILURE'], 'CATALOG.PRODUCT.CREATED'),
        { id: 7 },
      ],
      links: [{ rel: 'next', href: 'https://elsewhere.example/v9/else?page=2&a=b' }],
    };
    const read = async (_call: unknown, path: string) => (paths.push(path), answer);
    const records = payPalRecords({ origin: '', run: unused, token: unused, probe: unused, read });
    const window = { since: new Date(0), until: new Date(1000) };
    const { items, next } = await records.missedEvents(window, call);
    expect(items.map(({ id }) => id)).toEqual(['WH-again', 'WH-pending', 'WH-untold']);
    await records.missedEvents({ ...window, cursor: next }, call);
    expect(paths[0]).toContain('start_time=1970-01-01T00%3A00%3A00.000Z');
    // Whatever a link says, only PayPal is asked.
    expect(paths[1]).toBe('/v1/notifications/webhooks-events?page=2&a=b');
  });
});

describe('the ledger', () => {
  const at = new Date();
  const transaction = (transactionId: string, value: string, more: TransactionInformation = {}) => ({
    transactionInfo: {
      transactionId,
      transactionEventCode: 'T0006',
      transactionStatus: 'S',
      transactionInitiationDate: at.toISOString(),
      transactionAmount: { currencyCode: 'EUR', value },
      ...more,
    },
  });
  const refund = (id: string, value: string, of: string, transactionStatus = 'S') =>
    transaction(id, value, {
      transactionEventCode: 'T1107',
      transactionStatus,
      paypalReferenceId: of,
    });
  const ledger = async (taken: SearchResponse, back: SearchResponse) => {
    const answers = [taken, back];
    const run = async () => (answers.shift() ?? {}) as never;
    const connection: PayPalConnection = { origin: '', run, token: unused, probe: unused, read: unused };
    const window = { from: new Date(at.getTime() - 60_000), to: new Date(at.getTime() + 60_000) };
    return (await payPalRecords(connection).ledger(window, call)).items;
  };

  it('group what was taken by our payment, with what went back of it', async () => {
    const taken = [
      transaction('CAP1', '10.00', { customField: paymentId }),
      transaction('CAP2', '5.00', { invoiceId: `${paymentId}-0a1b2c3d` }),
      transaction('CAP3', '7.00', { transactionStatus: 'P' }),
      transaction('PAID', '-7.00'),
      transaction('FEE', '1.00', { transactionEventCode: 'T0100' }),
      transaction('SALE', '19.00', { transactionEventCode: 'T0002', customField: 'sub_1' }),
      transaction('ELSE', '3.00'),
      transaction('OLD', '3.00', { transactionInitiationDate: '2020-01-01T00:00:00+0000' }),
    ];
    const back = [
      refund('R1', '-4.00', 'CAP1'),
      refund('R2', '-1.00', 'CAP1'),
      refund('R3', '-2.00', 'CAP2', 'P'),
      refund('R4', '-3.00', 'CAP9'),
    ];
    expect(await ledger({ transactionDetails: taken }, { transactionDetails: back })).toEqual([
      { ref: 'CAP1', paymentId, currency: 'eur', capturedMinor: 1500, refundedMinor: 500 },
      { ref: 'sale:SALE', paymentId: undefined, currency: 'eur', capturedMinor: 1900, refundedMinor: 0 },
      { ref: 'ELSE', paymentId: undefined, currency: 'eur', capturedMinor: 300, refundedMinor: 0 },
    ]);
  });
});
