import { expect, it } from 'vitest';
import { request } from '#testing/client.ts';
import { payAtOnce } from '../support/payments.ts';
import { inBrowser } from './support.ts';

inBrowser('the pages of the local system', (tests) => {
  it('list invocations, and show one with event, result and log, which runs again', async () => {
    const path = '/plugins/simple-plugin';
    await request(tests.system.url, 'GET', path);
    const page = await tests.open('/console/invocations');
    await page.getByRole('combobox', { name: 'Function' }).selectOption({ label: 'platform-plugins' });
    const rows = page.getByRole('table', { name: 'Invocations' }).getByRole('row');
    await rows.nth(1).getByText('platform-plugins').waitFor();
    await tests.look(page, 'invocations');
    await rows.nth(1).getByRole('link').click();
    await page.getByLabel('Event', { exact: true }).getByText('"routeKey"').waitFor();
    await page.getByLabel('Result', { exact: true }).getByText('"statusCode"').waitFor();
    await tests.look(page, 'invocation');
    const before = page.url();
    await page.getByRole('button', { name: 'Run again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run again' }).click();
    await page.getByText('invoke', { exact: true }).waitFor();
    expect(page.url()).not.toBe(before);
  });

  it('draw the resources of a plugin with what they are connected to, and list all of them', async () => {
    const page = await tests.open('/console/resources');
    await page.getByRole('button', { name: 'simple-plugin', exact: true }).click();
    const picture = page.getByRole('group', {
      name: 'The resources of simple-plugin, and how they are connected',
    });
    for (const text of ['bus of platform', 'rule', 'queue', 'is matched by', 'gives up to', 'feeds'])
      await picture.getByText(text, { exact: true }).first().waitFor();
    expect(await picture.getByText('webhook', { exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'payment', exact: true }).click();
    await page.getByText('/webhooks/stripe', { exact: true }).waitFor();
    await page.getByRole('combobox', { name: 'Type' }).selectOption('AWS::DynamoDB::GlobalTable');
    await page.getByRole('searchbox', { name: 'Name' }).fill('payments');
    await page.getByRole('heading', { name: 'All resources (1)' }).waitFor();
    await page.getByText('anineeplus-local-payment-payments', { exact: true }).waitFor();
    await tests.look(page, 'resources');
  });

  it('act as buyer, bank and network at the sandboxes', async () => {
    const id = await payAtOnce(tests.system);
    const { body: waiting } = await request(tests.system.url, 'POST', '/payments', {
      body: { amount: 7, currency: 'usd', provider: 'paypal', returnUrl: 'https://shop.example/' },
    });
    const page = await tests.open('/console/sandboxes');
    await page.getByRole('button', { name: 'stripe', exact: true }).click();
    const paid = page.getByRole('row').filter({ has: page.getByRole('link', { name: id }) });
    await paid.waitFor();
    const decisions = page.getByRole('table', { name: 'What the provider can decide' });
    await page.getByText('payment_intent.succeeded').first().waitFor();
    await tests.look(page, 'sandboxes');

    await page.getByRole('textbox', { name: 'Part of the path' }).fill('/capture');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('POST …/capture…').waitFor();
    const { body: faults } = await request(tests.system.sandbox('stripe'), 'GET', '/__sandbox/faults');
    expect(faults.faults).toMatchObject([
      { method: 'POST', path: '/capture', times: 1, reset: true, after: true },
    ]);
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.getByText('Nothing will fail.').first().waitFor();

    await paid.getByRole('button', { name: 'Dispute' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Dispute' }).click();
    await decisions.getByRole('button', { name: 'The shop wins' }).click();
    await paid.getByText('won', { exact: true }).waitFor();
    await paid.getByRole('button', { name: 'Inquire' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Inquire' }).click();
    await decisions.getByRole('button', { name: 'Escalate' }).click();
    await decisions.getByRole('button', { name: 'The buyer wins' }).click();
    await paid.getByText('lost', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'paypal', exact: true }).click();
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: waiting.id }) });
    await row.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('PAYMENT.CAPTURE.COMPLETED').first().waitFor();
  });
});
