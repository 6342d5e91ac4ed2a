import { readFileSync } from 'node:fs';
import { Stripe } from 'stripe';
import { describe, expect, it } from 'vitest';
import { toProviderEvent } from '../../../../plugins/payment/providers/paypal/event.ts';
import { handledEventTypes } from '../../../../plugins/payment/providers/stripe/event.ts';

/** What the pages of the providers tell an operator to set up. */
const read = (file: string) =>
  readFileSync(new URL(`../../../../plugins/payment/${file}`, import.meta.url), 'utf8');
const stripe = read('STRIPE_INTEGRATION.md');
const paypal = read('PAYPAL_INTEGRATION.md');

/** The event types of the only block of plain text. */
const typesIn = (page: string): readonly string[] =>
  (/```text\n([\s\S]*?)```/.exec(page)?.[1] ?? '').split(/,?\s+/).filter((type) => type !== '');

describe('the page of Stripe', () => {
  it('lists every event type that is handled, and no other', () => {
    expect(typesIn(stripe)).toEqual(handledEventTypes);
  });

  it('names the version of the API that the SDK pins', () => {
    expect(stripe).toContain(`\`${Stripe.API_VERSION}\``);
  });
});

describe('the page of PayPal', () => {
  const types = typesIn(paypal);
  const resource = {
    id: 'X1',
    order_id: 'O1',
    dispute_id: 'D1',
    sale_id: 'S1',
    billing_agreement_id: 'I-1',
    supplementary_data: { related_ids: { order_id: 'O1' } },
    links: [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/C1' }],
  };

  it.each(types)('lists %s, which is handled', (type) => {
    expect(toProviderEvent({ id: 'WH-1', event_type: type, resource })).not.toMatchObject({
      kind: 'ignored',
    });
  });

  it('lists every event type that is handled by its name', () => {
    const source = read('providers/paypal/event-subjects.ts');
    const named = [...source.matchAll(/\['([A-Z.-]+)',/g)].map((match) => match[1]);
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((type) => !types.includes(type ?? ''))).toEqual([]);
    const families = [...source.matchAll(/startsWith\('([A-Z.-]+)'\)/g)].map((match) => match[1] ?? '?');
    expect(families.filter((family) => !types.some((type) => type.startsWith(family)))).toEqual([]);
  });

  it('lists nothing that is ignored', () => {
    expect(
      toProviderEvent({ id: 'WH-1', event_type: 'PAYMENT.PAYOUTSBATCH.SUCCESS', resource }),
    ).toMatchObject({
      kind: 'ignored',
    });
  });
});
