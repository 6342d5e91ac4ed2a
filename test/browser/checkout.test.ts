import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { eventually, request } from '#testing/client.ts';
import { inBrowser } from './support.ts';

inBrowser('the checkout', (tests) => {
  /** Puts a notebook beside the mug that is there, and orders. */
  async function order(page: Page, provider: 'Stripe' | 'PayPal'): Promise<string> {
    await page.getByRole('button', { name: 'One Notebook more' }).click();
    await page.getByRole('radio', { name: provider }).check();
    await page.getByRole('button', { name: 'Order for $30.50' }).click();
    await page.getByRole('heading', { name: 'Pay $30.50' }).waitFor();
    return new URL(page.url()).pathname.split('/').at(-1) ?? '';
  }
  const paymentOf = async (id: string) => (await request(tests.system.url, 'GET', `/payments/${id}`)).body;
  const method = (page: Page, name: string) => page.getByRole('button', { name });
  const event = (page: Page, type: string) => page.getByText(type, { exact: true }).first();
  const DECLINED = 'POST /dev/sandboxes/stripe/v1/payment_intents/{id}/confirm 402';

  it('can be read and used by everybody', async () => {
    const page = await tests.open('/console/checkout');
    await page.getByRole('radio', { name: 'Stripe' }).waitFor();
    await tests.look(page, 'checkout');
    await order(page, 'Stripe');
    await event(page, 'payment.requires_action.v1').waitFor();
    await tests.look(page, 'checkout-payment');
    await method(page, 'Visa').click();
    await event(page, 'payment.succeeded.v1').waitFor();
    await tests.look(page, 'checkout-paid');
  });

  it('takes a declined card, then one that pays, and shows what happens until the refund', async () => {
    tests.allow(DECLINED);
    const page = await tests.open('/console/checkout');
    const id = await order(page, 'Stripe');
    await method(page, 'Declined card').click();
    await page.getByRole('alert').getByText('Your card was declined.').waitFor();
    await event(page, 'payment.attempt_failed.v1').waitFor();
    await method(page, 'Visa').click();
    await page.getByText('Thank you. Your order is paid.').waitFor();
    await event(page, 'payment.succeeded.v1').waitFor();
    expect(await paymentOf(id)).toMatchObject({
      status: 'succeeded',
      amountMinor: 3050,
      metadata: { notebook: '1' },
    });

    const shown = page.getByRole('link', { name: 'The payment as the shop sees it' });
    expect(await shown.getAttribute('href')).toBe(`/console/payments/${id}`);
    const refunded = await request(tests.system.url, 'POST', `/payments/${id}/refunds`, {
      body: { amount: 12.5 },
    });
    expect(refunded.status).toBe(201);
    await page.getByText('Refunded', { exact: true }).waitFor();
    await page.getByText('$12.50').last().waitFor();
  });

  it('sends the buyer to the bank for 3-D Secure, and goes on where the bank sends back', async () => {
    const page = await tests.open('/console/checkout');
    const id = await order(page, 'Stripe');
    await method(page, '3-D Secure card').click();
    await page.getByRole('heading', { name: '3-D Secure test page' }).waitFor();
    // Whoever turns back can still go on, or choose another card.
    await page.goto(`${tests.system.url}/console/checkout/${id}`);
    await page.getByRole('button', { name: 'Continue to 3-D Secure' }).click();
    await page.getByRole('button', { name: 'Fail', exact: true }).click();
    await page.getByRole('alert').waitFor();
    expect(page.url()).toBe(`${tests.system.url}/console/checkout/${id}`);
    await method(page, '3-D Secure card').click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Thank you. Your order is paid.').waitFor();
    // The address has no client secret left.
    expect(page.url()).toBe(`${tests.system.url}/console/checkout/${id}`);
  });

  it('sends the buyer to PayPal, who turns back first and approves then', async () => {
    const page = await tests.open('/console/checkout');
    const id = await order(page, 'PayPal');
    await page.getByRole('link', { name: 'Continue to PayPal' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('link', { name: 'Continue to PayPal' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/console/checkout/${id}`);
    await page.getByRole('link', { name: 'Continue to PayPal' }).click();
    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    await page.getByText('Thank you. Your order is paid.').waitFor();
    await event(page, 'payment.succeeded.v1').waitFor();
    expect(await paymentOf(id)).toMatchObject({ status: 'succeeded', provider: 'paypal' });
  });

  it('cancels an order after a question', async () => {
    const page = await tests.open('/console/checkout');
    const id = await order(page, 'Stripe');
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByText('The order is canceled. Nothing was taken.').waitFor();
    await eventually(
      () => paymentOf(id),
      ({ status }) => status === 'canceled',
    );
  });
});
