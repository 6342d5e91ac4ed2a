import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  handledEventTypes,
  toProviderEvent,
} from '../../../../../../plugins/payment/providers/stripe/event.ts';

const read = (type: string, object: unknown, previous?: object) =>
  toProviderEvent({
    id: 'evt_1',
    type,
    data: { object, ...(previous !== undefined && { previous_attributes: previous }) },
  });
const ours = { metadata: { payment_id: 'pay_1' } };

describe('toProviderEvent', () => {
  it.each([
    [
      'payment_intent.succeeded',
      { id: 'pi_1', ...ours },
      { kind: 'payment', ref: 'pi_1', paymentId: 'pay_1' },
    ],
    ['payment_intent.canceled', { id: 'pi_1' }, { kind: 'payment', ref: 'pi_1', paymentId: undefined }],
    ['charge.expired', { id: 'ch_1', payment_intent: 'pi_1' }, { kind: 'payment', ref: 'pi_1' }],
    [
      'charge.refunded',
      { id: 'ch_1', payment_intent: 'pi_1', ...ours },
      { kind: 'refund', ref: 'pi_1', paymentId: 'pay_1' },
    ],
    ['charge.refund.updated', { id: 're_1', payment_intent: 'pi_1' }, { kind: 'refund', ref: 'pi_1' }],
    ['refund.failed', { id: 're_1', payment_intent: 'pi_1' }, { kind: 'refund', ref: 'pi_1' }],
    ['charge.dispute.closed', { id: 'du_1', payment_intent: 'pi_1' }, { kind: 'dispute', ref: 'du_1' }],
    [
      'radar.early_fraud_warning.created',
      { id: 'issfr_1', payment_intent: 'pi_1', charge: 'ch_1' },
      { kind: 'fraud_warning', ref: 'issfr_1', paymentRef: 'pi_1' },
    ],
    [
      'customer.subscription.deleted',
      { id: 'sub_1', metadata: { subscription_id: 'sub_ours' } },
      { kind: 'subscription', ref: 'sub_1', subscriptionId: 'sub_ours' },
    ],
    [
      'invoice.paid',
      { id: 'in_1', parent: { subscription_details: { subscription: 'sub_1' } } },
      { kind: 'renewal', ref: 'in_1', subscriptionRef: 'sub_1' },
    ],
    ['invoice_payment.paid', { id: 'inpay_1', invoice: 'in_1' }, { kind: 'renewal', ref: 'in_1' }],
    [
      'payment_method.attached',
      { id: 'pm_1', customer: 'cus_1' },
      { kind: 'payment_method', ref: 'pm_1', customerRef: 'cus_1' },
    ],
    [
      'setup_intent.succeeded',
      { id: 'seti_1', payment_method: 'pm_1', customer: 'cus_1' },
      { kind: 'payment_method', ref: 'pm_1', customerRef: 'cus_1' },
    ],
  ])('%s', (type, object, expected) => {
    expect(read(type, object)).toMatchObject({ id: 'evt_1', type, ...expected });
  });

  it('tells whose a detached method was', () => {
    const event = read('payment_method.detached', { id: 'pm_1', customer: null }, { customer: 'cus_1' });
    expect(event).toMatchObject({ kind: 'payment_method', ref: 'pm_1', customerRef: 'cus_1' });
  });

  it.each([
    ['customer.source.updated', { id: 'cus_1' }],
    ['constructor', { id: 'pi_1' }],
    ['charge.succeeded', { id: 'ch_1', payment_intent: null }],
    ['refund.created', { id: 're_1', payment_intent: null, ...ours }],
    ['invoice.paid', { id: 'in_1', parent: null }],
    ['invoice.paid', { id: 'in_1', parent: { subscription_details: null } }],
    ['setup_intent.succeeded', { id: 'seti_1', payment_method: null }],
    ['payment_intent.succeeded', { id: '' }],
    ['payment_intent.succeeded', { id: 7 }],
    ['payment_intent.succeeded', null],
    ['payment_intent.succeeded', 'pi_1'],
  ])('%s of %j changes nothing', (type, object) => {
    expect(read(type, object)).toMatchObject({ id: 'evt_1', type, kind: 'ignored' });
  });

  it('names the object of what is ignored, as long as its id looks like one', () => {
    expect(read('customer.source.updated', { id: 'cus_1' })).toMatchObject({ kind: 'ignored', ref: 'cus_1' });
    for (const id of ['', 7, 'ada@example.org', 'x'.repeat(129)])
      expect(read('customer.source.updated', { id })).toEqual({
        id: 'evt_1',
        type: 'customer.source.updated',
        kind: 'ignored',
      });
  });

  it('takes an id of ours only as text', () => {
    const of = (metadata: unknown) => read('payment_intent.created', { id: 'pi_1', metadata });
    for (const metadata of [null, 'x', [], {}, { payment_id: 7 }, { payment_id: '' }])
      expect(of(metadata)).toMatchObject({ kind: 'payment', paymentId: undefined });
  });
});

const samples = fileURLToPath(new URL('../../../../../../../shared/samples/stripe/', import.meta.url));
const sampled = handledEventTypes.filter((type) => existsSync(`${samples}${type}.json`));

describe(existsSync(samples) ? 'whole events' : `skipped: there are no samples at ${samples}`, () => {
  it.runIf(existsSync(samples))('are sampled for most of what is handled', () => {
    expect(sampled.length).toBeGreaterThan(20);
  });

  it.each(sampled)('%s names what to look at', (type) => {
    const event = JSON.parse(readFileSync(`${samples}${type}.json`, 'utf8')) as never;
    expect(toProviderEvent(event)).toMatchObject({ type, kind: expect.not.stringMatching('ignored') });
  });
});
