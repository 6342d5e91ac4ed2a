import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { request } from '#testing/client.ts';
import { type BrowserTests, inBrowser } from './support.ts';

/** The bar above a viewer; what is below it is the work of others. */
const BAR = '.viewer-bar';

/** Opens an operation of a plugin. */
async function openOperation(page: Page, plugin: string, operation: string) {
  await page.locator(`#operations-tag-${plugin}`).click();
  const shown = page.locator(`#operations-${plugin}-${operation}`);
  await shown.getByRole('button', { expanded: false }).first().click();
  return shown;
}

async function openGraphql(tests: BrowserTests, query: string): Promise<Page> {
  const page = await tests.open(`/dev/graphql?query=${encodeURIComponent(query)}`);
  // It has asked for the schema and built its documentation.
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).waitFor();
  return page;
}

inBrowser('the viewers of the API', (tests) => {
  it('OpenAPI: shows an operation of payments and creates one', async () => {
    const page = await tests.open('/dev/openapi');
    await page.getByText('Calls need no token.').waitFor();
    const operation = await openOperation(page, 'payment', 'createPayment');
    await operation.getByText('Creates a payment').waitFor();
    await operation.locator('textarea').fill('{"amount": 12.5, "currency": "usd"}');
    await operation.getByRole('button', { name: 'Execute' }).click();
    const answer = operation.locator('.live-responses-table');
    await answer.getByText('201', { exact: true }).waitFor();
    const [, id = ''] = /"id": "(pay_\w+)"/.exec(await answer.innerText()) ?? [];
    const { status, body } = await request(tests.system.url, 'GET', `/payments/${id}`);
    expect([status, body.amountMinor]).toEqual([200, 1250]);
    await tests.look(page, 'openapi', BAR);
  });

  it('GraphQL: introspects, shows the documentation and runs a query', async () => {
    const { body } = await request(tests.system.url, 'POST', '/payments', {
      body: { amount: 7, currency: 'eur' },
    });
    const page = await openGraphql(tests, `{ payment(id: "${body.id}") { id currency } }`);
    await page.getByRole('button', { name: /Execute query/ }).click();
    const answer = page.locator('.graphiql-response');
    await answer.getByText(`"${body.id}"`).waitFor();
    await answer.getByText('"eur"').waitFor();
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Mutation' }).first().click();
    await page.getByRole('link', { name: 'createPayment', exact: true }).waitFor();
    await tests.look(page, 'graphql', BAR);
  });

  it('lead to one another, and the console leads to them', async () => {
    const page = await tests.open('/console');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'OpenAPI', exact: true }).click();
    await page.getByRole('link', { name: 'GraphQL' }).click();
    await page.getByText('__typename').waitFor();
    await page.getByRole('link', { name: 'Schema' }).click();
    await page.getByText('type Mutation').waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'Console' }).click();
    await pages.getByRole('link', { name: 'GraphQL', exact: true }).waitFor();
  });
});

inBrowser(
  'the viewers where tokens are demanded',
  (tests) => {
    it('begin with a token of every scope, and send another one instead', async () => {
      tests.allow('GET /plugins 401');
      const scopeless = await request(tests.system.url, 'POST', '/dev/token', { body: { scopes: [] } });

      const page = await tests.open('/dev/openapi');
      await page.getByText('Calls carry a token; Authorize replaces it.').waitFor();
      const operation = await openOperation(page, 'payment', 'listPayments');
      await operation.getByRole('button', { name: 'Execute' }).click();
      const answer = operation.locator('.live-responses-table');
      await answer.getByText('200', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Authorize', exact: true }).click();
      await page.getByRole('button', { name: 'Remove authorization' }).click();
      await page.getByRole('textbox', { name: 'auth-bearer-value' }).fill(scopeless.body.token);
      await page.getByRole('button', { name: 'Apply credentials' }).click();
      await page.getByRole('button', { name: 'Close' }).click();
      tests.allow('GET /payments 403');
      await operation.getByRole('button', { name: 'Execute' }).click();
      await answer.getByText('403', { exact: true }).waitFor();
    });

    it('keep tokens out of what the browser stores', async () => {
      tests.allow('GET /plugins 401');
      const page = await openGraphql(tests, '{ payments { payments { id } } }');
      await page
        .getByText('Calls carry a token; an authorization header under Headers replaces it.')
        .waitFor();
      await page.getByRole('button', { name: /Execute query/ }).click();
      await page.locator('.graphiql-response').getByText('"payments"').first().waitFor();
      await page.getByRole('button', { name: 'Headers' }).click();
      await page.locator('.graphiql-editor-tool .monaco-editor').locator('visible=true').first().click();
      await page.keyboard.insertText('{ "Authorization": "Bearer nothing" }');
      tests.allow('POST /graphql 401');
      await page.getByRole('button', { name: /Execute query/ }).click();
      await page
        .locator('.graphiql-response')
        .getByText(/Unauthorized/i)
        .waitFor();
      const stored = await page.evaluate<string>(
        'JSON.stringify([{ ...localStorage }, { ...sessionStorage }])',
      );
      expect(stored).toContain('payments');
      expect(stored).not.toMatch(/Bearer|eyJ/);
    });
  },
  { args: ['--auth', 'strict'] },
);
