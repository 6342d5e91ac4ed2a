import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refuseClipped, refuseInaccessible, refuseOverflow } from './accessibility.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { type Problems, watchProblems } from './problems.ts';

const ORIGIN = 'http://console.test';
const executablePath = findChromium();

describe.skipIf(executablePath === undefined)('what the tests in a browser refuse', () => {
  let browser: Browser;
  let page: Page;
  let problems: Problems;
  beforeAll(async () => {
    browser = await launchChromium(executablePath ?? '');
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    const context = await browser.newContext();
    problems = watchProblems(ORIGIN);
    problems.watch(context);
    page = await context.newPage();
    await page.route('**', (route) => {
      if (route.request().url() === `${ORIGIN}/lost`) return route.abort('connectionreset');
      const isPage = route.request().url() === `${ORIGIN}/`;
      const body = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1></main></html>';
      return route.fulfill({
        status: isPage ? 200 : 404,
        contentType: 'text/html',
        body: isPage ? body : '',
      });
    });
    await page.goto(`${ORIGIN}/`);
  });
  afterEach(() => page.context().close());

  const evaluate = (script: string) => page.evaluate(script);

  it('an error in the console, and one that a script throws', async () => {
    expect(problems.take()).toEqual([]);
    await evaluate(`console.warn('a warning');
      console.error('broken');
      setTimeout(() => { throw new Error('thrown') });
      new Promise((resolve) => setTimeout(resolve, 50))`);
    const taken = problems.take();
    expect(taken).toEqual([expect.stringContaining('broken'), expect.stringContaining('thrown')]);
    expect(problems.take()).toEqual([]);
  });

  it('an answer of 400 and above that is not allowed, and none at all, of its own origin', async () => {
    problems.allow('DELETE /gone 404');
    problems.allow('GET /a.b/{id}/c 404');
    await evaluate(`(async () => {
      await fetch('/gone?a=1', { method: 'DELETE' });
      await fetch('/a.b/1/c');
      await fetch('/a-b/1/c');
      await fetch('/a.b/1/2/c');
      await fetch('/gone?a=1');
      await fetch('/lost').catch(() => {});
      await fetch('http://other.test/gone', { mode: 'no-cors' }).catch(() => {});
    })()`);
    expect(problems.take()).toEqual([
      expect.stringContaining('request failed: GET /lost net::ERR_CONNECTION_RESET'),
      'GET /a-b/1/c 404',
      'GET /a.b/1/2/c 404',
      'GET /gone 404',
    ]);
  });

  it('text that cannot be read, what scrolls sideways, and buttons that cut their text off', async () => {
    await refuseInaccessible(page, 'a page');
    await refuseOverflow(page, 'a page');
    await evaluate(`document.querySelector('main').innerHTML += '<button>One line</button>'`);
    await refuseClipped(page, 'a page');
    await evaluate(`document.querySelector('button').outerHTML =
      '<button style="height: 30px; padding: 0">One line<br />and another<br />and one more</button>'`);
    await expect(refuseClipped(page, 'a page')).rejects.toThrow(/a page has buttons .*and one more/);
    await evaluate(`document.querySelector('main').innerHTML +=
      '<p style="color: #ddd; width: 3000px">pale</p><input />'`);
    const refused = refuseInaccessible(page, 'a page');
    await expect(refused).rejects.toThrow(/a page is not accessible:[^]*color-contrast/);
    await expect(refused).rejects.toThrow(/\blabel: /);
    await expect(refuseOverflow(page, 'a page')).rejects.toThrow(/pixels wider/);
  });
});

describe('the browser', () => {
  it('is the one that CHROMIUM_PATH names, or the first on the PATH', () => {
    expect(findChromium({ CHROMIUM_PATH: process.execPath, PATH: '' })).toBe(process.execPath);
    expect(() => findChromium({ CHROMIUM_PATH: '/nowhere/chromium' })).toThrow('/nowhere/chromium');
    expect(findChromium({ PATH: '/nowhere' })).toBeUndefined();
  });
});
