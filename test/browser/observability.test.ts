import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { eventually, type Json, request } from '#testing/client.ts';
import { payAtOnce, paymentsOf } from '../support/payments.ts';
import { inBrowser } from './support.ts';

const titled = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
const tableOf = (page: Page, name: string) => page.getByRole('table', { name, exact: true });
const rowOf = (page: Page, table: string, text: string) =>
  tableOf(page, table)
    .getByRole('row')
    .filter({ has: page.getByText(text, { exact: true }) });

inBrowser('the pages of operations', (tests) => {
  let payment: string;
  beforeAll(async () => {
    payment = await payAtOnce(tests.system);
  });
  const ask = (method: string, path: string, body?: unknown) =>
    request(tests.system.url, method, path, { body });

  it('show a plugin with what it offers and needs, reached from the list and from the picture', async () => {
    const page = await tests.open('/console');
    await page
      .getByLabel(/^Plugins, what they call/)
      .getByRole('link', { name: /^advanced-plugin/ })
      .click();
    await titled(page, 'advanced-plugin');
    await page.getByText('getPayment', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'All plugins' }).click();
    await tableOf(page, 'Plugins').getByRole('link', { name: 'payment', exact: true }).click();
    await titled(page, 'payment');
    await rowOf(page, 'Operations', 'createPayment').getByText('POST /payments', { exact: true }).waitFor();
    await rowOf(page, 'Health checks', 'stripe').waitFor();
    await page.getByText('POST /webhooks/paypal').waitFor();
    await tests.look(page, 'plugin');
  });

  it('unload a plugin with those that need it, and load them again', async () => {
    await ask('POST', '/plugins/load', { name: 'advanced-plugin' });
    const page = await tests.open('/console/plugins/payment');
    const unload = page.getByRole('button', { name: 'Unload', exact: true });
    await unload.click();
    const question = page.getByRole('dialog', { name: 'Unload payment?' });
    tests.allow('POST /plugins/unload 409');
    await question.getByRole('button', { name: 'Unload', exact: true }).click();
    await question.getByText('"advanced-plugin" is loaded').waitFor();
    await question.getByRole('checkbox', { name: /advanced-plugin/ }).check();
    await question.getByRole('button', { name: 'Unload', exact: true }).click();
    await question.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Load', exact: true }).waitFor();
    expect((await ask('GET', '/plugins/advanced-plugin')).body.status).toBe('unloaded');

    await page.goto(`${tests.system.url}/console/plugins/advanced-plugin`);
    await page.getByRole('button', { name: 'Load', exact: true }).click();
    await page.getByRole('checkbox', { name: /Also load payment/ }).check();
    await page.getByRole('dialog').getByRole('button', { name: 'Load', exact: true }).click();
    await unload.waitFor();
    expect((await ask('GET', '/plugins/payment')).body.status).toBe('loaded');
  });

  it('show the events as they come, and those that came meanwhile after a pause', async () => {
    const page = await tests.open('/console/events');
    await page.getByText('live', { exact: true }).waitFor();
    const shown = (id: string) =>
      page.getByRole('button').filter({ hasText: 'payment.succeeded.v1' }).filter({ hasText: id });
    await shown(payment).waitFor();
    const second = await payAtOnce(tests.system);
    await shown(second).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('paused', { exact: true }).waitFor();
    const third = await payAtOnce(tests.system);
    expect(await shown(third).count()).toBe(0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await shown(third).click();
    const dialog = page.getByRole('dialog', { name: 'payment.succeeded.v1' });
    expect(await dialog.getByLabel('The whole event').textContent()).toContain(`"id": "${third}"`);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('combobox', { name: 'Type' }).selectOption('refund');
    await page.getByText('No event has come yet.').waitFor();
    await page.getByRole('combobox', { name: 'Type' }).selectOption('');
    await shown(payment).waitFor();
    await tests.look(page, 'events');
  });

  it('plot what an operation did over time', async () => {
    const page = await tests.open('/console/metrics?range=15');
    const row = rowOf(page, 'Operations with their calls', 'payment.createPayment');
    await row.getByRole('button').click();
    await page.getByRole('heading', { level: 2, name: 'payment.createPayment' }).waitFor();
    expect(new URL(page.url()).searchParams.get('operation')).toBe('payment.createPayment');
    expect(await page.locator('.plot canvas').count()).toBe(2);
    expect(await row.getByRole('cell').nth(2).textContent()).toMatch(/^[1-9]\d*$/);
    await page.getByRole('combobox', { name: 'Plugin' }).selectOption('simple-plugin');
    await page.getByRole('heading', { level: 2, name: /^simple-plugin/ }).waitFor();
    await tests.look(page, 'metrics');
  });

  it('follow one call through the functions that had to do with it', async () => {
    const page = await tests.open('/console/traces');
    await page.getByRole('searchbox', { name: 'Name or id' }).fill('createpayment');
    const link = tableOf(page, 'Traces').getByRole('link', { name: 'payment.createPayment' });
    await link.first().waitFor();
    await tests.look(page, 'traces');
    await link.last().click();
    await titled(page, 'payment.createPayment');
    const spans = page.getByRole('list', { name: 'Spans' });
    await spans.getByRole('button', { name: /simple-plugin\.onPaymentSucceeded/ }).waitFor();
    await spans.getByRole('button').first().click();
    await spans.getByText('http.route', { exact: true }).waitFor();
    await spans.getByText('/payments', { exact: true }).waitFor();
    await tests.look(page, 'trace');
  });

  it('say which errors there are, and take what one says about them', async () => {
    const { body } = await ask('GET', '/dev/permissions');
    const permission = body.permissions.find(
      ({ of, action, resource }: Json) =>
        of === 'payment/api' && action === 'dynamodb:Query' && resource.endsWith('/index/by-tenant'),
    );
    const { role, action, resource } = permission;
    await ask('POST', '/dev/permissions', { role, action, resource });
    expect((await ask('GET', '/payments')).status).toBe(500);
    await ask('DELETE', '/dev/permissions');
    await eventually(
      () => ask('GET', '/plugins/errors'),
      (answer) => answer.body.errors.length > 0,
      15_000,
    );
    const page = await tests.open('/console/errors');
    const row = rowOf(page, 'Errors', 'listPayments');
    await row.getByText('A sample').click();
    await row.getByRole('link', { name: /^[0-9a-f]{32}$/ }).waitFor();
    await tests.look(page, 'errors');
    await row.getByRole('button', { name: 'Resolve' }).click();
    await page.getByText('There are no open errors.').waitFor();
    await page.getByRole('combobox', { name: 'Status' }).selectOption('resolved');
    await row.getByRole('button', { name: 'Reopen' }).click();
    await page.getByText('There are no resolved errors.').waitFor();
  });

  it('list the alarms, those that are on first, with what to do', async () => {
    const page = await tests.open('/console/alarms');
    await tableOf(page, 'Alarms').waitFor();
    await page.getByRole('combobox', { name: 'Plugin' }).selectOption('payment');
    const row = rowOf(page, 'Alarms', 'outbox-lag');
    await row.getByRole('button', { name: 'Read the runbook of outbox-lag' }).click();
    const runbook = page.getByRole('dialog', { name: 'What to do about outbox-lag' });
    await runbook.getByText(/^### Alarm outbox-lag/).waitFor();
    await runbook.getByRole('button', { name: 'Close' }).click();
    await tests.look(page, 'alarms');
  });

  it('have an audit of plugins and of money', async () => {
    await paymentsOf(tests.system).api('POST', `/payments/${payment}/verify`);
    await ask('POST', '/plugins/unload', { name: 'simple-plugin' });
    await ask('POST', '/plugins/load', { name: 'simple-plugin' });
    const page = await tests.open('/console/audit?of=simple-plugin');
    const rows = tableOf(page, 'Audit of simple-plugin').getByRole('row');
    await rows.nth(4).waitFor();
    await page.getByRole('searchbox', { name: 'Action' }).fill('unload');
    await rows.nth(3).waitFor({ state: 'detached' });
    await rows.nth(2).waitFor();
    expect(await rows.count()).toBe(3);
    await tests.look(page, 'audit');
    await page
      .getByRole('combobox', { name: 'Of' })
      .selectOption({ label: 'Money, beyond the log of each payment' });
    await tableOf(page, 'Audit of money').getByRole('link', { name: payment }).waitFor();
  });
});
