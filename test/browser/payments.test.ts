import { expect, it } from 'vitest';
import { type Json, request } from '#testing/client.ts';
import { inBrowser } from './support.ts';

inBrowser('the pages of payments', (tests) => {
  const create = async (body: object): Promise<Json> =>
    (await request(tests.system.url, 'POST', '/payments', { body: { currency: 'usd', ...body } })).body;
  const read = async ({ id }: Json): Promise<Json> =>
    (await request(tests.system.url, 'GET', `/payments/${id}`)).body;
  const paid = { amount: 100, paymentMethodId: 'pm_card_visa', confirm: true };

  it('say what to do without payments, list and filter them, and read on', async () => {
    const page = await tests.open('/console/payments');
    await page.getByText('There is no payment yet.').waitFor();
    await tests.look(page, 'payments-empty');

    for (let index = 0; index < 27; index++) await create({ amount: index + 1 });
    const succeeded = await create(paid);
    await page.reload();
    const rows = page.getByRole('table', { name: 'Payments' }).getByRole('row');
    await page.getByRole('button', { name: 'Show more' }).click();
    await page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' });
    expect(await rows.count()).toBe(1 + 28);

    await page.getByLabel('Status').selectOption('succeeded');
    await page.getByRole('button', { name: 'Filter' }).click();
    await expect.poll(() => rows.count()).toBe(1 + 1);
    expect(page.url()).toContain('status=succeeded');
    await page.getByRole('link', { name: succeeded.id }).waitFor();
    await tests.look(page, 'payments');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByLabel('Customer').fill('cus_nobody');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('No payment fits these filters.').waitFor();
  });

  it('refund a part, and refuse more than there is', async () => {
    const payment = await create(paid);
    tests.allow(`POST /payments/${payment.id}/refunds 422`);
    const page = await tests.open(`/console/payments/${payment.id}`);
    await page.getByText('payment.succeeded.v1').waitFor();
    await page.getByRole('button', { name: 'Refund' }).click();
    const dialog = page.getByRole('dialog', { name: 'Refund this payment?' });
    await dialog.getByLabel('Amount in USD').fill('100.01');
    await dialog.getByRole('button', { name: 'Refund' }).click();
    await dialog.getByText('refund-exceeds-remaining').waitFor();
    await dialog.getByLabel('Amount in USD').fill('30.50');
    await dialog.getByLabel('Reason').selectOption('requested_by_customer');
    await dialog.getByRole('button', { name: 'Refund' }).click();
    await page.getByText('Refunded $30.50.').waitFor();
    await page.getByText('$69.50').waitFor();
    expect(await read(payment)).toMatchObject({ refundedMinor: 3050, refundableMinor: 6950 });
    await page.getByText('refund.succeeded.v1').waitFor();
    await tests.look(page, 'payment');
  });

  it('capture a part of what is authorized', async () => {
    const payment = await create({ ...paid, captureMethod: 'manual' });
    const page = await tests.open(`/console/payments/${payment.id}`);
    await page.getByRole('button', { name: 'Capture' }).click();
    const dialog = page.getByRole('dialog', { name: 'Capture this payment?' });
    expect(await dialog.getByLabel('Amount in USD').inputValue()).toBe('100.00');
    await dialog.getByLabel('Amount in USD').fill('60');
    await dialog.getByRole('button', { name: 'Capture' }).click();
    await page.getByText('Captured.', { exact: true }).waitFor();
    expect(await read(payment)).toMatchObject({ status: 'succeeded', capturedMinor: 6000 });
  });

  it('cancel a payment that nobody has paid, and verify it', async () => {
    const payment = await create({ amount: 100 });
    const page = await tests.open(`/console/payments/${payment.id}`);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Canceled.', { exact: true }).waitFor();
    expect((await read(payment)).status).toBe('canceled');
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Verify' }).click();
    await page.getByText('The provider says: canceled.').waitFor();
    expect(await page.getByRole('button', { name: 'Refund' }).count()).toBe(0);
  });

  it('show the event of the provider that has changed a payment', async () => {
    const payment = await create({ amount: 100, provider: 'paypal' });
    await request(tests.system.sandbox('paypal'), 'POST', `/__sandbox/orders/${payment.providerRef}/approve`);
    const page = await tests.open(`/console/payments/${payment.id}`);
    await page.getByText('payment.succeeded.v1').waitFor();
    // It is read with the token of whoever looks, so it is no link.
    await page.getByRole('button', { name: /^WH-/ }).first().click();
    const stored = page.getByRole('dialog', { name: 'Event of paypal' });
    await stored.getByText('processed').waitFor();
    expect(await stored.getByLabel('What the provider sent').textContent()).toContain('"event_type"');
    await tests.look(page, 'payment-webhook');
    await stored.getByRole('button', { name: 'Close' }).click();
    await stored.waitFor({ state: 'detached' });
  });

  it('say that there is no such payment', async () => {
    tests.allow('GET /payments/pay_none 404');
    const page = await tests.open('/console/payments/pay_none');
    await page.getByRole('alert').getByText('not-found').waitFor();
  });
});
