import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type Json, request } from '#testing/client.ts';
import { inBrowser } from './support.ts';

const CONFIG = '/plugins/payment/config';

inBrowser('the pages of configurations', (tests) => {
  const values = async (): Promise<Json> => (await request(tests.system.url, 'GET', CONFIG)).body.values;
  const save = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Review and save' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Review and save' }).click();
  };

  it('lead to the plugin, and say which have none', async () => {
    tests.allow('GET /plugins/simple-plugin/config 404');
    const page = await tests.open('/console/configuration');
    await page.getByText('has none').first().waitFor();
    await tests.look(page, 'configurations');
    await page.getByRole('link', { name: 'payment', exact: true }).click();
    await page.getByRole('heading', { name: 'Configuration of payment' }).waitFor();
  });

  it('change values once the changes were looked at, and return to the version before', async () => {
    const page = await tests.open('/console/configuration/payment');
    await page.getByLabel('defaultProvider').selectOption('paypal');
    await page.getByLabel('maxAmount').first().fill('2500.50');
    await page.getByText('2 changes, not saved').waitFor();
    await page.getByRole('button', { name: 'Review and save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save these changes?' });
    expect(await dialog.getByRole('definition').allTextContents()).toEqual([
      'not set→paypal',
      'not set→2500.50',
    ]);
    await tests.look(page, 'configuration-review');
    await dialog.getByRole('button', { name: 'Review and save' }).click();
    await page.getByText('The new configuration is in force.').waitFor();
    await page.getByText('cfg-2 in force').first().waitFor();
    expect(await values()).toMatchObject({ defaultProvider: 'paypal', limits: { maxAmount: '2500.50' } });
    await tests.look(page, 'configuration');

    const before = page.getByRole('row').filter({ hasText: 'cfg-1' });
    await before.getByRole('button', { name: 'Roll back' }).click();
    const question = page.getByRole('dialog', { name: 'Return to cfg-1?' });
    await question.getByText('limits.maxAmount').waitFor();
    await question.getByRole('button', { name: 'Roll back' }).click();
    await page.getByText('cfg-1 in force').first().waitFor();
    expect((await values()).limits).toBeUndefined();
  });

  it('say at the field what is wrong with it, and change nothing', async () => {
    tests.allow(`PATCH ${CONFIG} 422`);
    const page = await tests.open('/console/configuration/payment');
    const before = await values();
    await page.getByLabel('maxAmount').first().fill('much');
    await save(page);
    await page.getByRole('dialog').getByText('config-rejected').waitFor();
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await page.getByText('must be a decimal of at most 12 digits').waitFor();
    expect(await values()).toEqual(before);
  });

  it('do not overwrite what somebody else has changed meanwhile', async () => {
    tests.allow(`PATCH ${CONFIG} 412`);
    const page = await tests.open('/console/configuration/payment');
    await page.getByLabel('minAmount').first().fill('2');
    const { headers } = await request(tests.system.url, 'GET', CONFIG);
    const other = await request(tests.system.url, 'PATCH', CONFIG, {
      body: { limits: { minAmount: '1' } },
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    expect(other.status).toBe(200);
    await save(page);
    await page.getByText('Read the configuration again').waitFor();
    expect((await values()).limits.minAmount).toBe('1');
  });

  it('take secrets and never show them', async () => {
    const page = await tests.open('/console/configuration/payment');
    const field = page.getByLabel('secretKey');
    expect(await field.inputValue()).toBe('');
    await field.fill('sk_test_not_shown');
    await page.getByRole('button', { name: 'Review and save' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('definition').allTextContents()).toEqual(['a secret→a secret']);
    expect(await page.content()).not.toContain('sk_test_not_shown');
  });
});
