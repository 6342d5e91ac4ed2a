import { expect, it } from 'vitest';
import { type Json, request } from '#testing/client.ts';
import { inBrowser } from './support.ts';

inBrowser('the page of plugins', (tests) => {
  it('lists every plugin, with its state and health', async () => {
    const { body } = await request(tests.system.url, 'GET', '/plugins/health');
    const health = Object.fromEntries(
      body.plugins.map(({ name, health: { status } }: Json) => [name, status]),
    );
    // One plugin of the examples is not loaded when a system is new.
    const states = { 'advanced-plugin': 'registered', payment: 'loaded', 'simple-plugin': 'loaded' };
    expect(Object.keys(health).toSorted()).toEqual(Object.keys(states));

    const page = await tests.open('/console');
    const rows = page.getByRole('table', { name: 'Plugins' }).getByRole('row');
    for (const [name, state] of Object.entries(states)) {
      const row = rows.filter({ has: page.getByText(name, { exact: true }) });
      await row.getByText(health[name], { exact: true }).waitFor();
      expect(await row.getByText(state, { exact: true }).count()).toBe(1);
    }
    // The three, and the row of labels.
    expect(await rows.count()).toBe(4);
    await tests.look(page, 'plugins');
  });

  it('unloads a plugin after a question, and loads it again', async () => {
    const statusOf = async (path: string) => (await request(tests.system.url, 'GET', path)).status;
    const page = await tests.open('/console');
    const row = page.getByRole('row').filter({ has: page.getByText('simple-plugin', { exact: true }) });
    await row.getByRole('button', { name: 'Unload' }).click();
    const question = page.getByRole('dialog', { name: 'Unload simple-plugin?' });
    await question.getByRole('button', { name: 'Back' }).click();
    await question.waitFor({ state: 'hidden' });
    expect(await row.getByText('loaded', { exact: true }).count()).toBe(1);

    await row.getByRole('button', { name: 'Unload' }).click();
    await question.getByRole('button', { name: 'Unload' }).click();
    await row.getByText('unloaded', { exact: true }).first().waitFor();
    expect(await statusOf('/simple/receipts')).toBe(503);

    await row.getByRole('button', { name: 'Load', exact: true }).click();
    await row.getByText('loaded', { exact: true }).waitFor();
    expect(await statusOf('/simple/receipts')).toBe(200);
  });

  it('keeps up to date without a line for each call in the terminal', async () => {
    const page = await tests.open('/console');
    await page.getByRole('table', { name: 'Plugins' }).waitFor();
    const lines = () => tests.system.output().match(/^200 .* GET +\/plugins(?=\s)/gm)?.length ?? 0;
    const refreshed = () => page.waitForResponse((answer) => answer.url().endsWith('/plugins'));
    // By then the lines of what the page asked first are printed.
    await refreshed();
    const before = lines();
    expect(before).toBeGreaterThan(0);
    await refreshed();
    await refreshed();
    expect(lines()).toBe(before);
  });
});
